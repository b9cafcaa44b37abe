"""Run pytest: CELL ARGUMENT ... -- [ARGUMENT ...]

With nothing after the dashes, what is covered is kept in the folder of the
cell, in results/; otherwise those are the arguments, and nothing is measured.
"""
import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from _pytest.assertion import rewrite


def untraced(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a function, so that coverage does not trace it."""
    @wraps(function)
    def call(*arguments: Any) -> Any:
        traced = sys.gettrace()
        sys.settrace(None)
        try:
            return function(*arguments)
        finally:
            sys.settrace(traced)

    return call


def main(cell: str, *words: str) -> int:
    """Run pytest in this process, so that a signal ends its fixtures."""
    sys.path[0] = os.getcwd()  # As for python -m pytest.
    folder = f'results/{cell.replace("(", "-").rstrip(")")}'
    os.environ['COVERAGE_FILE'] = f'{folder}/coverage.data'
    end = words.index('--')
    if arguments := words[end + 1:]:
        return pytest.main([*arguments])
    # Saves 0.8 to 1 s of CPU a cell in a new clone; pytest has no option.
    setattr(rewrite, '_rewrite_test', untraced(rewrite._rewrite_test))
    # Slow; for Codecov.
    report = f'xml:{folder}/coverage.xml' if 'CI' in os.environ else ''
    status = pytest.main([*words[:end], '--cov', f'--cov-report={report}',
                          f'--junitxml={folder}/junit.xml'])
    print('one cell gates no coverage: nox -s coverage combines all')
    return status


if __name__ == '__main__':
    raise SystemExit(main(*sys.argv[1:]))
