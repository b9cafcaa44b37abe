"""autodevelop hooks: install, uninstall or show the git hooks."""
import argparse
import sys
from pathlib import Path

from autodevelop.deploy.target import refuse_windows
from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks import install, noxfiles, server, status
from autodevelop.matrix.manifest import NO_CACHE
from autodevelop.matrix.plan import of_stage, read_plan
from autodevelop.matrix.projects import (
    NAMED, chosen, listed_projects, names_of, repository_settings,
)
from autodevelop.matrix.settings import read_settings
from autodevelop.system.git import Repository, find_repository

EXAMPLE = 'autodevelop hooks install'


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('action', choices=('install', 'uninstall', 'status'))
    other = parser.add_mutually_exclusive_group()
    other.add_argument('--replace', action='store_true',
                       help='turn off other installed hooks')
    other.add_argument('--keep', action='store_true',
                       help='keep other installed hooks, and run them first')


def run(options: argparse.Namespace) -> int:
    repository = find_repository()
    if options.action == 'status':
        lines = status.status(repository)
    elif not repository.work_tree:
        refuse_windows()
        lines = (server.install(repository) if options.action == 'install'
                 else server.uninstall(repository))
    elif options.action == 'install':
        added = noxfiles.untracked_noxfile(repository)
        lines = install.install(repository, options.replace, options.keep)
        lines += added
    else:
        lines = install.uninstall(repository)
    if repository.work_tree and options.action != 'uninstall':
        projects = _projects(repository) or ['']
        for project in projects[:NAMED]:
            lines += [f'{project}: {line}' if project else line for line in
                      stage_lines(repository.work_tree / project)]
        if more := projects[NAMED:]:
            lines.append(f'there are also noxfiles in {names_of(more)}')
    sys.stdout.writelines(f'{line}\n' for line in lines)
    return 0


def _projects(repository: Repository) -> list[str]:
    found = listed_projects(repository, '--cached', '--others',
                            '--exclude-standard')
    return chosen(repository_settings(repository), found)


def stage_lines(root: Path) -> list[str]:
    """Say which sessions the hooks run on this machine."""
    try:
        cells = read_plan(root, read_settings(root), NO_CACHE)
    except AutodevelopError as error:
        return [f'sessions: {error.message}']
    lines = []
    for stage in ('pre-commit', 'pre-push'):
        of_it = of_stage(cells, stage)
        here = [cell.session for cell in of_it if not cell.missing]
        why = 'no session can run here' if of_it else (
            'the noxfile has no session for this stage')
        names = {cell.name for cell in of_it}
        newest = stage == 'pre-commit' and any(
            cell.name in names and cell not in of_it for cell in cells)
        lines.append(f'{stage} runs: ' +
                     (', '.join(here) or f'nothing: {why}')
                     + (' (of several Pythons, the newest here)' if (
                         here and newest) else ''))
    return lines
