"""The structure checks of the session lint, run on spoiled projects."""
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.project import ROOT

STRUCTURE = [sys.executable, str(ROOT / '.ci/structure.py')]
LONGEST = 'def long() -> None:\n' + '    pass\n' * 41
STARTS = """\
import os
import subprocess
from os import execv
from subprocess import Popen, run


def start() -> Popen[bytes]:
    os.system('true')
    subprocess.run('true', shell=True)
    return Popen('true')
"""
SAID = [
    'noxfile.py:121: file has 121 lines; at most 120',
    'autodevelop/function.py:1: function long has 43 lines; at most 42',
    'autodevelop/lines.py:221: file has 221 lines; at most 220',
    'autodevelop/system/process.py:9: shell=: pass a list of arguments',
    'autodevelop/starts.py:3: os.execv: start programs through process',
    'autodevelop/starts.py:4: subprocess.run: start programs through process',
    'autodevelop/starts.py:8: os.system: start programs through process',
    'autodevelop/starts.py:9: shell=: pass a list of arguments',
    'autodevelop/starts.py:9: subprocess.run: start programs through process',
    'autodevelop/starts.py:10: Popen: start programs through process',
]
UPWARD = {
    'errors.py': 'from autodevelop import cli\n',
    'system/git.py': 'def page() -> None:\n    import flask\n',
    'service/app.py': 'from autodevelop import errors\n',
    'checks/check.py': 'import autodevelop.service.division\n',
    'unlisted.py': '',
}


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True,
                          encoding='utf-8')


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding='utf-8', newline='\n')


def test_each_violation_is_a_line(tmp_path: Path) -> None:
    write(tmp_path, {
        'noxfile.py': 'x = 1\n' * 121,
        'autodevelop/function.py': f'{LONGEST}    pass\n',
        'autodevelop/lines.py': 'x = 1\n' * 221,
        'autodevelop/system/process.py': STARTS,
        'autodevelop/starts.py': STARTS})
    done = run(tmp_path, *STRUCTURE)
    assert sorted(done.stdout.splitlines()) == sorted(SAID)
    assert done.returncode == 1


def test_what_reaches_the_limits_passes(tmp_path: Path) -> None:
    write(tmp_path, {
        'noxfile.py': 'x = 1\n' * 120,
        'autodevelop/function.py': LONGEST,
        'autodevelop/lines.py': 'x = 1\n' * 220,
        'autodevelop/system/process.py':
            'import subprocess\nsubprocess.run([])\n',
        'autodevelop/types.py': 'from subprocess import Popen\n'})
    done = run(tmp_path, *STRUCTURE)
    assert (done.returncode, done.stdout, done.stderr) == (0, '', '')


def test_imports_in_functions_are_counted(tmp_path: Path) -> None:
    body = '\n'.join(f'    import each{number}' for number in range(41))
    write(tmp_path, {'noxfile.py': '', 'autodevelop/inner.py':
                     f'def inner() -> None:\n{body}\n'})
    done = run(tmp_path, *STRUCTURE)
    assert done.stdout.splitlines()[-1] == (
        'autodevelop/inner.py:42: import each40: one of 41 imports in '
        'functions; at most 40')
    assert done.returncode == 1


def test_imports_against_the_contracts_are_named(tmp_path: Path) -> None:
    shutil.copyfile(ROOT / 'setup.cfg', tmp_path / 'setup.cfg')
    shutil.copytree(ROOT / 'autodevelop', tmp_path / 'autodevelop',
                    ignore=shutil.ignore_patterns('__pycache__'))
    for name, text in UPWARD.items():
        with (tmp_path / 'autodevelop' / name).open(
                'a', encoding='utf-8', newline='\n') as module:
            module.write(text)
    program = shutil.which('lint-imports', path=Path(sys.executable).parent)
    assert program
    done = run(tmp_path, program, '--no-cache', '--no-logo')
    for said in ('errors -> autodevelop.cli ', 'system.git -> flask ',
                 'service.app -> autodevelop.errors ',
                 'checks.check -> autodevelop.service.division ',
                 'unlisted\n'):
        assert f'- autodevelop.{said}' in done.stdout.replace('  ', '')
    assert done.returncode == 1
