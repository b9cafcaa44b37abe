"""A session tests of the packages in the folders of a repository."""
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from autodevelop.adopt.linters import read_pyproject
from autodevelop.adopt.testing import find_needs, has_tests

TESTS = '''

PACKAGES = [
{packages}]
TESTED = [
{tested}]


@nox.session
@nox.parametrize("package", TESTED, ids=TESTED)
def tests(session: nox.Session, package: str) -> None:
    """Run the tests of a package, with the other packages as they are here."""
    session.install("pytest", *(f"-e./{{each}}" for each in PACKAGES))
    session.chdir(package)
    session.run("pytest", *session.posargs)
'''
FOLDERS = ('*/pyproject.toml', '*/*/pyproject.toml', '*/*/*/pyproject.toml')
TEST_DATA = 'test'
"""In the name of a folder: a pyproject.toml below it is data of a test."""


def draft_packages(root: Path) -> tuple[str, str] | None:
    """The session tests of packages that lie side by side, and its source."""
    packages = dict[str, str]()
    for pattern in FOLDERS:
        for path in root.glob(pattern):
            name = path.parent.relative_to(root).as_posix()
            if TEST_DATA not in name and (
                    'project' in (document := read_pyproject(path.parent))):
                packages[name] = name + _extra(path.parent, document)
    names = [name for name in sorted(packages) if has_tests(root / name)]
    return (TESTS.format(
        packages=_lines(packages[name] for name in sorted(packages)),
        tested=_lines(names)), f'the tests in {", ".join(names)}') if (
            names) else None


def _lines(names: Iterable[str]) -> str:
    return ''.join(f'    "{name}",\n' for name in names)


def _extra(folder: Path, document: dict[str, Any]) -> str:
    needs = find_needs(folder, document)
    return f'[{needs.name}]' if needs.kind == 'extra' else ''
