"""autodevelop new: start a project, with the workflow around it."""
import argparse
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from autodevelop.ci.tool import why_not_elsewhere
from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks.install import install
from autodevelop.new.project import package_of, write_project
from autodevelop.system.git import find_repository, reason
from autodevelop.system.output import say
from autodevelop.system.process import run as run_program

EXAMPLE = 'autodevelop new shop'


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('name', metavar='NAME',
                        help='name of the project and of its folder')
    parser.add_argument('--bare', action='store_true',
                        help='without the division service')


def run(options: argparse.Namespace) -> int:
    package_of(options.name)
    folder = Path(options.name)
    _refuse(folder)
    with TemporaryDirectory(prefix=f'.{folder.name}-', dir='.') as scratch:
        made = Path(scratch, 'project')
        tool = write_project(made, options.name, not options.bare)
        os.replace(made, folder)
    os.chdir(folder)
    run_program(['git', 'init', '--quiet', '--initial-branch=main'], {})
    for line in install(find_repository(), replace=False, keep=True):
        say(line)
    _commit(f'Start {options.name}')
    if why := why_not_elsewhere(tool):
        say(why)
    print(f'created {folder.name}; next: cd {folder.name} && make',
          file=sys.stderr)
    return 0


def _refuse(folder: Path) -> None:
    """Raise AutodevelopError where a new repository has no place."""
    if folder.exists():
        raise AutodevelopError(
            f'{folder} already exists', 'choose another name, or adopt it: '
            f'cd {folder} && autodevelop init')
    try:
        repository = find_repository()
    except AutodevelopError:
        return
    where = repository.work_tree or repository.git_dir
    raise AutodevelopError(
        f'this folder is already in a git repository: {where}',
        'leave it, or adopt what is there: autodevelop init')


def _commit(message: str) -> None:
    """Commit the files, if git knows whose commit that is.

    Without hooks: nothing is to be fixed, and a push checks all of it.
    """
    run_program(['git', 'add', '--all'], {})
    done = run_program(['git', 'commit', '--quiet', '--no-verify',
                        '--message', message], {})
    if done.status:
        say(f'not committed yet: {reason(done.messages)}; tell git who you '
            f'are, and run there: git commit --message {message!r}')
