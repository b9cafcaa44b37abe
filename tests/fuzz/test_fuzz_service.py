"""The served division under generated requests, for longer."""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.server import Server

pytestmark = pytest.mark.skipif(
    sys.platform == 'win32', reason='reads the log of gunicorn')

EXAMPLES, LONG_EXAMPLES = 100, 500
MINUTES = 5
ROOT = Path(__file__).parents[2]


def run(*module: str, cwd: Path = ROOT) -> str:
    """Run a module to its end; what it says is shown if it fails."""
    done = subprocess.run(
        [sys.executable, '-m', *module], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, encoding='utf-8',
        timeout=60 * MINUTES, cwd=cwd,
        env=os.environ | {'SCHEMATHESIS_HOOKS': 'tests.fuzz.hooks',
                          'PYTHONPATH': str(ROOT), 'PYTHONUTF8': '1'})
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_schemathesis_finds_nothing(
        server: Server, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    examples = LONG_EXAMPLES if pytestconfig.getoption('--long') else EXAMPLES
    # The filter selects every path: the description's own is left out else.
    run('schemathesis.cli', 'run', '--checks=all', '--mode=all',
        f'--max-examples={examples}', '--continue-on-failure', '--no-color',
        '--include-path-regex=^/', '--generation-database=none',
        '--request-timeout=20', f'--report-json-path={tmp_path}/report.json',
        f'http://127.0.0.1:{server.port}/openapi.json', cwd=tmp_path)
    report = json.loads((tmp_path / 'report.json').read_text('utf-8'))
    assert report['operations']['tested'] == 4
    assert report['phases']['coverage']['status'] == 'success'
    assert report['phases']['fuzzing']['status'] == 'success'
    assert report['test_cases']['generated'] > examples
    assert report['test_cases']['without_checks'] == 0
    accepted = report['valid_rates']['GET /division']['fuzzing']['accepted']
    assert accepted > examples / 10

    log = server.log.read_text('utf-8')
    statuses = re.findall(r'"GET /division\?.*" (\d+) ', log)
    assert set(statuses) == {'200', '400'}
    assert len(statuses) > examples
    assert not re.search(r'Traceback|" 5\d\d ', log)


@pytest.mark.parametrize(('name', 'number', 'profile', 'examples'), [
    ('service/test_division_properties.py', 3, 'fuzz', 500),
    ('git_hooks/test_merge_properties.py', 6, 'fuzz-slow', 50)])
def test_hypothesis_finds_nothing_in_many_more_examples(
        name: str, number: int, profile: str, examples: int,
        pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption('--long'):
        profile, examples = f'{profile}-long', 10 * examples
    said = run('pytest', '-p', 'no:cacheprovider', '-q',
               f'--hypothesis-profile={profile}',
               '--hypothesis-show-statistics', f'tests/unit/{name}')
    assert said.count(f'because settings.max_examples={examples}') == number
