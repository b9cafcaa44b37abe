"""The tools of the session ``lint`` in one process, since commits wait.

flake8 comes first: most files are clean, and autopep8 gets those alone that
flake8 complains of.
"""
import sys
from collections.abc import Sequence

from autodevelop import style


def main(arguments: Sequence[str]) -> int:
    """Fix and check these files; 1 when there is something left to say.

    With ``--check`` nothing is changed; what would be is shown.
    """
    from pre_commit_hooks import (
        check_added_large_files, check_merge_conflict, end_of_file_fixer,
    )
    check = '--check' in arguments
    names = [name for name in arguments if name != '--check']
    if not check:
        end_of_file_fixer.main(names)
    python = [name for name in names if name.endswith('.py')]
    left = [
        python_style(python, check) if python else 0,
        check_merge_conflict.main(['--assume-in-merge', *names]),
        check_added_large_files.main(['--enforce-all', *names]),
        style.main(names),
    ]
    return int(any(left))


def python_style(names: Sequence[str], check: bool) -> int:
    """Run flake8, and autopep8 on what it complains of; 1 for what is left."""
    complained = flake8(names, quiet=not check)
    if not complained:
        return 0
    import autopep8
    options = ['--diff'] if check else ['--in-place']
    autopep8.main(['autopep8', *options, *complained])
    return int(check or bool(flake8(complained, quiet=False)))


def flake8(names: Sequence[str], quiet: bool) -> list[str]:
    """Run flake8, on all cores; the names of which it complains, once each.

    quiet: whether its complaints are not printed.
    """
    from flake8.api.legacy import get_style_guide
    from flake8.formatting.default import Default
    from flake8.violation import Violation
    complained = dict[str, None]()

    class Noting(Default):
        def handle(self, error: Violation) -> None:
            complained[error.filename] = None
            if not quiet:
                super().handle(error)

    guide = get_style_guide()
    guide.init_report(Noting)
    guide.check_files(list(names))
    return list(complained)


if __name__ == '__main__':
    raise SystemExit(main(sys.argv[1:]))
