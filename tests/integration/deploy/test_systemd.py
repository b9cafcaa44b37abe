"""Processes that systemd keeps; the real one is in tests/faults."""
import os
from pathlib import Path

import pytest

from autodevelop.__main__ import main
from autodevelop.deploy import processes, serving, systemd
from tests.support.site import Site

core = pytest.mark.core
Capture = pytest.CaptureFixture[str]
# It starts what the unit says, and keeps nothing.
SYSTEMCTL = """\
#!/bin/sh
echo "$@" "$XDG_RUNTIME_DIR" >> "{folder}/asked"
if [ "$2" = start ]; then
    number=$(expr "$3" : 'to@\\(.*\\)\\.service')
    command=$(sed -n "s/^ExecStart=//; T; s/%i/$number/gp" "{unit}")
    exec $command --daemon
fi
"""


@pytest.fixture
def asked(site: Site, tmp_path: Path,
          monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install the unit; where the stand-in writes what it is asked."""
    unit = tmp_path / 'systemd/user/to@.service'
    unit.parent.mkdir(parents=True)
    unit.write_text(site.run('deploy', '--print-unit', 'release@.service'))
    program = tmp_path / 'bin/systemctl'
    program.parent.mkdir()
    program.write_text(SYSTEMCTL.format(folder=tmp_path, unit=unit))
    program.chmod(0o755)
    monkeypatch.setenv('XDG_CONFIG_HOME', str(tmp_path))
    monkeypatch.setenv('PATH', str(program.parent), prepend=':')
    return tmp_path / 'asked'


def test_it_starts_and_stops_attempts(site: Site, asked: Path) -> None:
    target = site.target
    assert main(['deploy', 'HEAD', '--to', str(target.folder)]) == 0
    assert site.ask().release == site.first
    serving.stop(target, [1, 2], 0)
    own = f'/run/user/{os.getuid()}'
    assert asked.read_text().splitlines() == [
        f'--user start to@1.service {own}',
        f'--user --no-block stop to@1.service to@2.service {own}']
    assert not processes.find_processes(target, [1])


@core
def test_a_user_without_one_is_told(
        site: Site, asked: Path, capfd: Capture) -> None:
    program = asked.parent / 'bin/systemctl'
    program.write_text(
        '#!/bin/sh\necho Failed to connect to bus: none >&2\nexit 1\n')
    assert main(['deploy', 'HEAD', '--to', str(site.target.folder)]) == 1
    said = capfd.readouterr().err
    assert 'gunicorn did not start: Failed to connect to bus' in said
    assert 'loginctl enable-linger' in said


@core
def test_the_unit_of_another_folder_is_not_this_ones(
        site: Site, asked: Path) -> None:
    unit = asked.parent / 'systemd/user/to@.service'
    assert systemd.is_managed(site.target)
    unit.write_text(unit.read_text().replace(str(site.target.folder), '/to'))
    assert not systemd.is_managed(site.target)


@core
def test_a_folder_that_units_cannot_name_is_an_error(
        site: Site, capfd: Capture) -> None:
    assert main(['deploy', '--print-unit', 'start.service', '--to',
                 'a % b']) == 2
    assert 'only letters, digits and ./_-' in capfd.readouterr().err
