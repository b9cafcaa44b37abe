"""The committed CI files, read by their checkers."""
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from .act import WORKFLOW, clean_environment, program
from .conftest import ROOT

CODECOV = 'codecov.yml'
RELEASE = '.github/workflows/release.yml'
CHECKS = {
    'schema': (WORKFLOW, ['check-jsonschema', '--builtin-schema',
                          'vendor.github-workflows']),
    'release schema': (RELEASE, ['check-jsonschema', '--builtin-schema',
                                 'vendor.github-workflows']),
    'release zizmor': (RELEASE, ['zizmor', '--offline', '--no-progress']),
    'release actionlint': (RELEASE, ['actionlint', '-no-color', '-oneline',
                                     '-shellcheck=', '-pyflakes=']),
    'action': ('action.yml', ['check-jsonschema', '--builtin-schema',
                              'vendor.github-actions']),
    'action zizmor': ('action.yml', ['zizmor', '--offline',
                                     '--no-progress']),
    'codecov': (CODECOV, ['check-jsonschema', '--builtin-schema',
                          'vendor.codecov']),
    'zizmor': (WORKFLOW, ['zizmor', '--offline', '--no-progress']),
    # What else it would start if it were installed is not locked.
    'actionlint': (WORKFLOW, ['actionlint', '-no-color', '-oneline',
                              '-shellcheck=', '-pyflakes=']),
}
SPOILED = {
    'schema': ('timeout-minutes: 10', 'timeout-minutes: soon'),
    'codecov': ('after_n_builds: ', 'after_n_builds: many '),
    'zizmor': ('run: test "$PASSED" = true',
               'run: test "${{ github.head_ref }}" = true'),
    'actionlint': ('needs.plan.outputs.matrix', 'needs.plan.outputs.rows'),
}
"""For each check, a text and what to put there for it to fail."""

DOCUMENTED = {'cmd', 'ps', 'pwsh', 'sh'}
"""The keys of an AppVeyor step that is not a command alone."""


@pytest.fixture(scope='module')
def workflow() -> str:
    return (ROOT / WORKFLOW).read_text(encoding='utf-8')


@pytest.fixture(scope='module')
def document(workflow: str) -> Any:
    return yaml.safe_load(workflow)


def run_check(check: str, path: Path) -> tuple[int, str]:
    name, *arguments = CHECKS[check][1]
    done = subprocess.run(
        [program(name), *arguments, str(path)], cwd=path.anchor,
        env=clean_environment(), capture_output=True, text=True,
        encoding='utf-8')
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize('check', CHECKS)
def test_committed_file_is_clean(check: str) -> None:
    status, output = run_check(check, ROOT / CHECKS[check][0])
    assert status == 0, output


@pytest.mark.parametrize('check', SPOILED)
def test_spoiled_copy_is_refused(check: str, tmp_path: Path) -> None:
    name = CHECKS[check][0]
    text = (ROOT / name).read_text(encoding='utf-8')
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace(*SPOILED[check]), encoding='utf-8')
    assert SPOILED[check][0] in text
    status, output = run_check(check, path)
    assert status != 0
    assert path.name in output


def test_every_action_is_pinned_and_its_version_named(workflow: str) -> None:
    uses = re.findall(r'uses: *(.*)', workflow)
    assert uses
    for use in uses:
        assert re.fullmatch(
            r'[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+', use)


def test_every_job_has_a_limit_and_permissions_of_its_own(
        document: Any) -> None:
    assert document['permissions'] == {}
    for job in document['jobs'].values():
        assert isinstance(job['timeout-minutes'], int)
        assert set(job['permissions'].values()) <= {'read'}


def test_workflow_names_no_python_but_that_of_autodevelop(
        workflow: str) -> None:
    stated = re.sub(r'#.*|@[0-9a-f]{40}|--python ">=3.11"', '', workflow)
    assert not re.findall(r'\b3\.\d+\b', stated)


def test_gate_needs_every_other_job(document: Any) -> None:
    jobs = document['jobs']
    assert set(jobs['gate']['needs']) == set(jobs) - {'gate'}


def test_appveyor_uses_documented_keys_alone() -> None:
    text = (ROOT / '.appveyor.yml').read_text(encoding='utf-8')
    settings: dict[str, Any] = yaml.safe_load(text)
    assert set(settings) == {'image', 'build', 'environment', 'install',
                             'test_script'}
    assert settings['build'] is False
    assert set(settings['environment']) == {'matrix'}
    for job in settings['environment']['matrix']:
        assert set(job) == {'job_name', 'AUTODEVELOP_CELLS'}
    for step in settings['install'] + settings['test_script']:
        assert isinstance(step, str) or set(step) <= DOCUMENTED
