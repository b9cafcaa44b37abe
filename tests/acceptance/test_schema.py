"""The JSON schema of the settings, as check-jsonschema reads it."""
import subprocess
from pathlib import Path

import pytest

from .act import program
from .conftest import ROOT


@pytest.fixture(scope='module')
def schema(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp('schema') / 'schema.json'
    path.write_bytes(subprocess.run(
        [program('python'), '-m', 'autodevelop', 'schema'], cwd=ROOT,
        check=True, capture_output=True).stdout)
    return str(path)


def check(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([program('check-jsonschema'), *arguments],
                          text=True, capture_output=True)


def test_it_is_a_schema_and_this_project_follows_it(schema: str) -> None:
    done = check('--check-metaschema', schema)
    assert done.returncode == 0, done.stdout
    done = check('--schemafile', schema, str(ROOT / 'pyproject.toml'))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(('text', 'said'), [
    ('subject_lenght = 1', "'subject_lenght' was unexpected"),
    ('deploy.keep = 0', '0 is less than the minimum'),
    ('ci = ["githup"]', "'githup' is not one of"),
    ('branch = "a b"', 'does not match'),
    ('stages.push = []', "'push' was unexpected"),
    ('tests = 1', 'is not of type'),
])
def test_what_is_written_wrong_is_underlined(
        schema: str, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / 'pyproject.toml'
    path.write_text(f'[tool.autodevelop]\n{text}\n')
    done = check('--schemafile', schema, str(path))
    assert done.returncode == 1
    assert said in done.stdout
