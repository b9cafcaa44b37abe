"""Run the tools of the session ``lint``: [--check] [FILE ...]

Without names it checks every file that git tracks; in CI it only checks.
One process, because every commit waits for it: 203 ms for one file, against
471 ms for each tool as a process of its own. flake8 runs first: most files are
clean, and autopep8 gets only those that flake8 complains of.
"""
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from shutil import which

import structure
import style


def main(arguments: Sequence[str]) -> int:
    """Fix and check these files; 1 when a complaint is left.

    With ``--check`` no file changes, and the changes are printed.
    """
    from pre_commit_hooks import (
        check_added_large_files, check_merge_conflict, end_of_file_fixer,
    )
    check = '--check' in arguments
    names = [name for name in arguments if name != '--check']
    if not check:
        end_of_file_fixer.main([
            name for name in names
            if style.is_text(Path(name).read_bytes())])
    python = [name for name in names if name.endswith('.py')]
    left = [python_style(python, check) if python else 0]
    if which('git'):  # Both ask it, and fail where there is none, as in Wine.
        left += [check_merge_conflict.main(['--assume-in-merge', *names]),
                 check_added_large_files.main(['--enforce-all', *names])]
    return int(any([*left, style.main(names)]))


def python_style(names: Sequence[str], check: bool) -> int:
    """Run flake8, and autopep8 on what it complains of; 1 for what is left."""
    status, complained = flake8(names, quiet=not check)
    # When one of its plugins crashes, flake8 fails without naming a file.
    if not complained:
        return status
    import autopep8
    options = ['--diff'] if check else ['--in-place']
    autopep8.main(['autopep8', *options, *complained])
    return status if check else flake8(complained, quiet=False)[0]


def flake8(names: Sequence[str], quiet: bool) -> tuple[int, list[str]]:
    """Run flake8, on all cores; its exit status, and what it complains of.

    quiet: whether its complaints are not printed.
    """
    from flake8.formatting.default import Default
    from flake8.main.application import Application
    from flake8.violation import Violation
    complained = dict[str, None]()

    class Noting(Default):
        def handle(self, error: Violation) -> None:
            complained[error.filename] = None
            if not quiet:
                super().handle(error)

    # Not flake8.api.legacy: that says nothing of plugins that crash.
    class Noted(Application):
        def make_formatter(self) -> None:
            assert self.options is not None
            self.formatter = Noting(self.options)

    application = Noted()
    application.run(names)
    return application.exit_code(), list(complained)


def chosen_files(names: Sequence[str]) -> list[str]:
    """Return the files of these names, or all; none begins with a dash."""
    listed = names or subprocess.run(
        ['git', 'ls-files', '-z'], check=True, capture_output=True,
    ).stdout.decode(errors='surrogateescape').split('\0')
    return [f'./{os.path.relpath(name)}' for name in sorted(set(listed))
            if Path(name).is_file()]


if __name__ == '__main__':
    only_check = '--check' in sys.argv or 'CI' in os.environ
    given = [name for name in sys.argv[1:] if name != '--check']
    status = main([*(['--check'] if only_check else []),
                   *chosen_files(given)])
    if not given:  # A commit gives names, and does not wait for these.
        status = status or structure.main() or subprocess.call(
            [Path(sys.executable).with_name('lint-imports'), '--no-cache',
             '--no-logo'])
    raise SystemExit(status)
