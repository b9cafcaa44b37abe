"""autodevelop init: set up hooks and CI in a repository."""
import argparse
import difflib
import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from autodevelop.adopt.draft import NothingToDraft
from autodevelop.adopt.proposal import Proposal, propose
from autodevelop.cli.project import enter_clone
from autodevelop.errors import AutodevelopError
from autodevelop.git_hooks.install import install
from autodevelop.git_hooks.shared import shared_folder
from autodevelop.matrix.projects import project_elsewhere
from autodevelop.system.files import write_text
from autodevelop.system.git import Repository, git
from autodevelop.system.output import say
from autodevelop.system.process import run_foreground

EXAMPLE = 'autodevelop init --dry-run'


def add_options(parser: argparse.ArgumentParser) -> None:
    answer = parser.add_mutually_exclusive_group()
    answer.add_argument('--yes', action='store_true', help='do not ask')
    answer.add_argument('--dry-run', action='store_true',
                        help='write nothing; fail if something would change')


def run(options: argparse.Namespace) -> int:
    """Return 1 when a dry run would change something, the answer is no, or
    the stage pre-commit fails.
    """
    repository, root, folder = enter_clone('init')
    try:
        proposal = propose(root, folder)
    except NothingToDraft as error:
        raise project_elsewhere(repository) or error from None
    _show(proposal, root)
    if options.dry_run:
        return bool(proposal.texts)
    if proposal.texts and not (options.yes or _agreed()):
        return 1
    for path, (_, text) in proposal.texts.items():
        write_text(path, text, root)
    for line in install(repository, replace=False, keep=True):
        say(line)
    # Both files may be of a first run, and not added yet.
    failed = bool(proposal.before_commit) and not _try_out(repository, {
        *proposal.texts, *folder.glob('noxfile.py'),
        *folder.glob('pyproject.toml')})
    if proposal.texts:
        names = [*(path.relative_to(root).as_posix()
                   for path in proposal.texts),
                 shared_folder(repository, root)]
        say(f'review these files and commit them: git add {shlex.join(names)}')
    if failed:
        say('hooks and files are in place, but pre-commit does not pass yet')
    return failed


def _show(proposal: Proposal, root: Path) -> None:
    sys.stdout.writelines(_diff(proposal, root))
    for line in proposal.stages:
        print(f'{line.stage:11} {", ".join(line.names)}: {line.reason}')
    sys.stdout.flush()
    for note in proposal.notes:
        say(note)
    if not proposal.texts:
        say('nothing to change')


def _diff(proposal: Proposal, root: Path) -> Iterable[str]:
    for path, (now, text) in proposal.texts.items():
        name = path.relative_to(root).as_posix()
        yield from difflib.unified_diff(
            now.splitlines(keepends=True), text.splitlines(keepends=True),
            name if now else os.devnull, name)


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise AutodevelopError(
            'cannot ask: standard input is not a terminal',
            'write the files without asking: autodevelop init --yes')
    return input('Write these files, and install the hooks? [y/N] '
                 ).strip().lower() in ('y', 'yes')


def _try_out(repository: Repository, added: Iterable[Path]) -> bool:
    """Run the stage pre-commit on what would be committed, so that the first
    commit neither waits nor fails unexpectedly; whether it passed.
    """
    begun = time.monotonic()
    with TemporaryDirectory() as scratch:
        index = Path(scratch, 'index')
        if (repository.git_dir / 'index').exists():
            shutil.copyfile(repository.git_dir / 'index', index)
        git(repository, 'add', '--', *map(str, added), index=index)
        status = run_foreground(
            [sys.executable, '-P', '-m', 'autodevelop', 'check', '--staged',
             '--stage', 'pre-commit'], {'GIT_INDEX_FILE': str(index)}, Path())
    if not status:
        say(f'the stage pre-commit took {time.monotonic() - begun:.1f} s; '
            'later runs reuse its environments')
    return not status
