"""The first page for a newcomer: followed to the letter, in a new home."""
import importlib.util
import os
import sys
from pathlib import Path

import pytest

from .act import clean_environment, program
from .conftest import CACHES, ROOT

pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='runs sh')

specification = importlib.util.spec_from_file_location(
    'pages', ROOT / '.ci/pages.py')
assert specification and specification.loader
pages = importlib.util.module_from_spec(specification)
specification.loader.exec_module(pages)
ADDRESS = 'https://HOST/OWNER/autodevelop'


def test_a_newcomer_sees_what_the_page_shows(tmp_path: Path) -> None:
    page = (ROOT / 'docs/start.md').read_text('utf-8')
    (tmp_path / '.gitconfig').write_text(
        '[user]\nname = Ada\nemail = ada@example.org\n')
    path = [str(tmp_path / '.local/bin'), str(Path(program('uv')).parent),
            os.environ['PATH']]
    ran = [*pages.follow(page.replace(ADDRESS, ROOT.as_uri()), tmp_path, {
        **clean_environment(), 'HOME': str(tmp_path),
        'UV_CACHE_DIR': str(CACHES / 'uv'), 'PATH': os.pathsep.join(path)})]
    assert len(ran) > 10
    for command, output in ran:
        assert pages.is_shown(output, command.output) or (
            'uv tool' in command.line and 'autodevelop' in output), (
                f'$ {command.line}\n{output}')
