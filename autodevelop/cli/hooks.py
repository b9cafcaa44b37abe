"""autodevelop hooks: install, uninstall or show the git hooks."""
import argparse
import sys

from autodevelop.git_hooks import install, server
from autodevelop.system.git import find_repository

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
        lines = install.status(repository)
    elif not repository.work_tree:
        lines = (server.install(repository) if options.action == 'install'
                 else server.uninstall(repository))
    elif options.action == 'install':
        lines = install.install(repository, options.replace, options.keep)
    else:
        lines = install.uninstall(repository)
    sys.stdout.writelines(f'{line}\n' for line in lines)
    return 0
