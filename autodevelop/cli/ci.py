"""autodevelop ci: write the CI files, or fail when they are out of date."""
import argparse
import difflib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from autodevelop.ci import Request, render_all
from autodevelop.ci.doubts import doubts
from autodevelop.ci.tool import PRESENT, why_not_elsewhere
from autodevelop.cli.project import enter_project, read_project
from autodevelop.errors import AutodevelopError
from autodevelop.system.files import write_text
from autodevelop.system.output import say

EXAMPLE = 'autodevelop ci --check'


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--check', action='store_true',
                        help='write nothing; print a diff, and fail when a '
                        'file is out of date')
    parser.add_argument('--replace', action='store_true',
                        help='replace a file that autodevelop did not write')
    parser.add_argument('providers', metavar='PROVIDER', nargs='*',
                        help='default: those of [tool.autodevelop] ci')


def run(options: argparse.Namespace) -> int:
    enter_project()
    settings, cells = read_project()
    root = _root()
    texts = render_all(Request(Path.cwd(), root, options.providers,
                               options.check, options.replace),
                       cells, settings)
    for doubt in doubts(cells, settings):
        say(doubt.line())
    outdated = {path.relative_to(root).as_posix(): each
                for path, each in texts.items() if each[0] != each[1]}
    for name, (now, text) in outdated.items():
        if options.check:
            sys.stdout.writelines(difflib.unified_diff(
                now.splitlines(keepends=True), text.splitlines(keepends=True),
                name, f'{name} (from noxfile.py)'))
        else:
            write_text(Path(os.path.relpath(root / name)), text, root)
            print(f'wrote {name}', file=sys.stderr)
    if not options.check:
        _say_where_it_comes_from([text for _, text in texts.values()])
    if outdated and options.check:
        command = ' '.join(['autodevelop ci', *options.providers])
        raise AutodevelopError(
            f'out of date with noxfile.py: {", ".join(outdated)}',
            f'run: {command}', status=1)
    return 0


def _say_where_it_comes_from(texts: Sequence[str]) -> None:
    """Say it when no CI job can install this autodevelop."""
    for found in filter(None, map(PRESENT.search, texts)):
        if why := why_not_elsewhere(found['url'] or ''):
            say(why)
            return


def _root() -> Path:
    """The root of the repository; this folder without one."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents)
                 if (folder / '.git').exists()), here)
