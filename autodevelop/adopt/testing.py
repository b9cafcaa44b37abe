"""A session tests of what a project's tests need, and of what runs them."""
import configparser
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autodevelop.adopt.linters import read_pyproject, requirement_files
from autodevelop.adopt.workflows import workflow_texts
from autodevelop.system.files import read_text

PYPROJECT = """

PROJECT = nox.project.load_toml("pyproject.toml")
"""
TESTS = '''

@nox.session{python}
def tests(session: nox.Session) -> None:
    """Run the tests{of}."""
{install}    session.run({runner}, *session.posargs)
'''
PYTHONS = '(python=nox.project.python_versions(PROJECT))'
GROUP = '    group = nox.project.dependency_groups(PROJECT, "{}")\n'
# Not in the environment of the session, whose packages it would replace while
# it needs them: https://python-poetry.org/docs/#installation
POETRY = """\
    poetry = ["uv", "tool", "run", "poetry"]
    session.run_install(*poetry, "install"{options})
"""
# https://nox.thea.codes/en/stable/cookbook.html#using-a-lockfile
UV = """\
    session.run_install(
        "uv",
        "sync",
        "--locked",
{options}        f"--python={{session.virtualenv.location}}",
        env={{"UV_PROJECT_ENVIRONMENT": session.virtualenv.location}},
    )
"""
NAMES = ('test', 'tests', 'testing', 'dev')
CONFIGURED = ('pytest.toml', '.pytest.toml', 'pytest.ini', '.pytest.ini',
              'pyproject.toml', 'tox.ini', 'setup.cfg')
EDITABLE = re.compile(r'(?:-e|--editable)[ =]["\']?(?:\./)?(\w[\w./-]*)')
CLASSIFIER = re.compile(r'Programming Language :: Python :: 3\.\d+')
EXTRAS = re.compile(r'extras_require\s*=\s*\{(.*?)\}', re.DOTALL)
EXTRA = re.compile(r'[\'"](\w+)[\'"]\s*:\s*\[([^\]]*)\]')


class Needs(NamedTuple):
    """What tests need: a group or an extra of the project.

    kind: 'group', 'extra' or 'poetry'; empty for neither.
    source: how a person calls it.
    has: 'pytest' if it is in it.
    """

    kind: str = ''
    name: str = ''
    source: str = ''
    has: str = ''


def draft_tests(root: Path) -> tuple[str, str] | None:
    """The session tests, and what it was made of."""
    document = read_pyproject(root)
    needs = find_needs(root, document)
    files = requirement_files(root)
    django = (root / 'manage.py').is_file() and not (
        needs.has == 'pytest' or 'pytest' in ''.join(
            read_text(root / name) for name in files))
    if not (needs.kind or files or django or has_tests(root)):
        return None
    runner = '"python", "manage.py", "test"' if django else _pytest(root)
    install, of, source = _install(root, document, needs, django)
    versions = {*filter(CLASSIFIER.fullmatch, document.get(
        'project', {}).get('classifiers', []))}
    python = PYTHONS if len(versions) > 1 else ''
    text = TESTS.format(python=python, of=of, install=install, runner=runner)
    return (PYPROJECT if 'PROJECT' in text else '') + text, source


def _pytest(root: Path) -> str:
    """The command, which must not import the noxfile for its doctests."""
    settings = ''.join(read_text(root / name) for name in CONFIGURED)
    return '"pytest", "--ignore=noxfile.py"' if (
        'doctest-modules' in settings) else '"pytest"'


def has_tests(root: Path) -> bool:
    """Whether pytest would find tests."""
    return any(any(root.glob(pattern))
               for pattern in ('test*/**/test_*.py', 'test_*.py'))


def find_needs(root: Path, document: Mapping[str, Any]) -> Needs:
    """What names tests, or pytest, in a project's pyproject.toml and setup.py.
    """
    poetry = document.get('tool', {}).get('poetry', {})
    by_kind: dict[str, Mapping[str, Any]] = {
        'group': document.get('dependency-groups', {}),
        'extra': {**_setup_extras(root), **document.get('project', {}).get(
            'optional-dependencies', {})},
        'poetry': {'dev': poetry.get('dev-dependencies'),
                   **poetry.get('group', {})}}
    sources = {'group': 'dependency-groups.{}', 'extra': 'the extra {}',
               'poetry': 'the group {} of poetry'}
    for name in NAMES:
        for kind, tables in by_kind.items():
            if has := _for_tests(name, tables):
                return Needs(kind, name, sources[kind].format(name), has)
    return Needs()


def _install(root: Path, document: Mapping[str, Any], needs: Needs,
             django: bool) -> tuple[str, str, str]:
    """What installs it, what it says of a lock file, and its source."""
    pytest = [] if django or needs.has in ('pytest', 'include') else [
        '"pytest"']
    files = requirement_files(root)
    if (root / 'uv.lock').is_file() and (needs.kind or django or not files):
        return (_by_uv(document, needs) + (_line(pytest) if pytest else ''),
                ' with the versions in uv.lock',
                ' and '.join(filter(None, (needs.source, 'uv.lock'))))
    if needs.kind == 'poetry':
        options = f', "--with", "{needs.name}"'
        return (POETRY.format(options=options)
                + (_line(pytest) if pytest else ''),
                ' with the versions in poetry.lock', needs.source)
    beside = _beside(root)
    project = [*beside, *(['"-e"', '"."'] if 'project' in document or (
        root / 'setup.py').is_file() else [])]
    if needs.kind == 'group':
        return GROUP.format(needs.name) + _line(
            [*pytest, *project, '*group']), '', needs.source
    if needs.kind == 'extra':
        return _line([*beside, '"-e"', f'".[{needs.name}]"', *pytest]), '', (
            needs.source)
    if files:
        return _line([*project, '"-r"', f'"{files[0]}"']), '', files[0]
    own = ['"-r"', '"requirements.txt"'] if (
        root / 'requirements.txt').is_file() else []
    return _line([*project, *own, *pytest]), '', (
        'manage.py' if django else 'the tests')


def _beside(root: Path) -> list[str]:
    """What installs the packages in folders that workflows install, too."""
    names = dict.fromkeys(EDITABLE.findall(workflow_texts(root)))
    return [word for name in names
            if (root / name / 'pyproject.toml').is_file()
            for word in ('"-e"', f'"./{name}"')]


def _by_uv(document: Mapping[str, Any], needs: Needs) -> str:
    workspace = 'workspace' in document.get('tool', {}).get('uv', {})
    options = [*(['--all-packages'] if workspace else []),
               *([f'--{needs.kind}={needs.name}'] if needs.kind in (
                   'group', 'extra') else [])]
    return UV.format(options=''.join(
        f'        "{each}",\n' for each in options))


def _line(words: Sequence[str]) -> str:
    line = f'    session.install({", ".join(words)})\n'
    # As black wraps it, too.
    return line if len(line) <= 80 else '    session.install(\n' + ''.join(
        f'        {word},\n' for word in words) + '    )\n'


def _for_tests(name: str, groups: Mapping[str, Any]) -> str:
    """How a group is for tests: 'pytest' is in it, or its name says so."""
    text = str(groups.get(name) or '')
    if 'pytest' in text:
        return 'pytest'
    return ('include' if 'include-group' in text else 'other') if (
        text and name != 'dev') else ''


def _setup_extras(root: Path) -> dict[str, str]:
    """The extras of setup.py, as far as they are literal, and of setup.cfg."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(read_text(root / 'setup.cfg'))
    except configparser.Error:
        return {}
    section = 'options.extras_require'
    written = EXTRAS.search(read_text(root / 'setup.py'))
    return {**dict(EXTRA.findall(written[1]) if written else []),
            **dict(parser[section] if parser.has_section(section) else {})}
