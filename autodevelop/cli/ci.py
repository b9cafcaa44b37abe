"""autodevelop ci: write the CI files, or fail when they are out of date."""
import argparse
import difflib
import shlex
import sys
from pathlib import Path

from autodevelop.ci import render_all
from autodevelop.cli.project import enter_project, read_project
from autodevelop.errors import AutodevelopError
from autodevelop.system.files import write_file

EXAMPLE = 'autodevelop ci --check'


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--check', action='store_true',
                        help='write nothing; print a diff, and fail when a '
                        'file is out of date')
    parser.add_argument('providers', metavar='PROVIDER', nargs='*',
                        help='default: those of [tool.autodevelop] ci')


def run(options: argparse.Namespace) -> int:
    enter_project()
    _assert_root()
    settings, cells = read_project()
    texts = render_all(Path(), cells, settings, options.providers)
    outdated = {path: each for path, each in texts.items()
                if each[0] != each[1]}
    for path, (now, text) in outdated.items():
        if options.check:
            name = path.as_posix()
            sys.stdout.writelines(difflib.unified_diff(
                now.splitlines(keepends=True), text.splitlines(keepends=True),
                name, f'{name} (from noxfile.py)'))
        else:
            write_file(path, text.encode())
            print(f'wrote {path.as_posix()}', file=sys.stderr)
    if outdated and options.check:
        names = ', '.join(path.as_posix() for path in outdated)
        command = ' '.join(['autodevelop ci', *options.providers])
        raise AutodevelopError(f'out of date with noxfile.py: {names}',
                               f'run: {command}', status=1)
    return 0


def _assert_root() -> None:
    """Raise AutodevelopError in a folder in which no provider looks."""
    here = Path.cwd()
    root = next((folder for folder in (here, *here.parents)
                 if (folder / '.git').exists()), here)
    if root != here:
        project = here.relative_to(root).as_posix()
        raise AutodevelopError(
            'cannot write CI files for a noxfile in a subfolder yet: '
            f'{project}/noxfile.py',
            'run its cells in a job of your own: '
            f'cd {shlex.quote(project)} && autodevelop run CELL')
