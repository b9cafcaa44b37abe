"""What a shell can complete."""
import argparse

import argcomplete
import pytest

from autodevelop.__main__ import main

pytestmark = pytest.mark.once


def test_a_shell_that_completes_knows_all_options(
        monkeypatch: pytest.MonkeyPatch) -> None:
    parsers = list[argparse.ArgumentParser]()
    monkeypatch.setenv('_ARGCOMPLETE', '1')
    monkeypatch.setattr(argcomplete, 'autocomplete', parsers.append)
    with pytest.raises(SystemExit):
        main(['--version'])
    parser, = parsers
    assert parser.parse_args(['deploy', 'logs', '-n', '3']).lines == 3
    assert parser.parse_args(['report', '--open']).open
