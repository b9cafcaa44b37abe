"""The table [tool.autodevelop], well and badly written."""
import pytest

from autodevelop.errors import AutodevelopError
from autodevelop.matrix.settings import Settings, read_settings
from autodevelop.matrix.tables import Checkout, Deploy
from tests.conftest import Write


def settings(write: Write, text: str) -> Settings:
    return read_settings(write('pyproject.toml', text).parent)


def test_every_key_is_read(write: Write) -> None:
    assert settings(write, """
        [tool.autodevelop]
        ci = ['appveyor']
        github = '.github/workflows/nox.yml'
        tool = 'git+https://example.org/a.git@abc'
        with = ['nox-poetry']
        requirements = 'lock.txt'
        upload = 'send it'
        branch = 'trunk'
        branches = ['trunk', '7.*']
        environments = ['staging']
        checkout = { fetch-depth = 1, submodules = true }
        platforms.tests = ['linux', 'macos']
        runners."tests(linux)" = 'big'
        may_fail = ['*-3.15']
        timeout_minutes = 90
        metadata = true
        tests = ['test', 'more']
        coverage = 'combine'
        files.lint = ['*.py', '!a.py']
        commits = 'each'
        issue = '#[0-9]+'
        subject_length = 50
        subject_full_stop = false
        needs = ['.env']
        verbose = true
        history = 20
        stages.pre-push = ['test']
        deploy.application = 'app:app'
        deploy.keep = 2
        projects = ['packages/*']
    """) == Settings(
        ('appveyor',), '.github/workflows/nox.yml',
        'git+https://example.org/a.git@abc', ('nox-poetry',), 'lock.txt',
        'send it', 'trunk', ('trunk', '7.*'), ('staging',),
        Checkout(1, submodules=True), {'tests': ('linux', 'macos')},
        {'tests(linux)': 'big'}, ('*-3.15',), 90, True, ('test', 'more'),
        'combine', {'lint': ('*.py', '!a.py')}, 'each', '#[0-9]+', 50, False,
        ('.env',), True, 20, {
            'pre-push': ('test',)}, Deploy('app:app', keep=2),
        ('packages/*',))


def test_the_first_of_several_branches_is_the_main_one(write: Write) -> None:
    several = settings(write, "tool.autodevelop.branch = ['main', '7.x']")
    assert (several.branch, several.branches) == ('main', ('main', '7.x'))


def test_a_subject_length_of_zero_is_allowed(write: Write) -> None:
    assert settings(
        write, 'tool.autodevelop.subject_length = 0').subject_length == 0


def test_one_session_of_tests_needs_no_list(write: Write) -> None:
    assert settings(write, "tool.autodevelop.tests = 'a'").tests == ('a',)


@pytest.mark.parametrize('text', ['', '[tool.other]\nci = 1'])
def test_nothing_has_to_be_set(write: Write, text: str) -> None:
    assert settings(write, text) == Settings()


def test_no_file_is_needed(write: Write) -> None:
    path = write('pyproject.toml', '')
    path.unlink()
    assert read_settings(path.parent) == Settings()


@pytest.mark.parametrize(('text', 'said'), [
    ('[tool.autodevelop', 'cannot read'),
    ('tool.autodevelop.cl = []', "no key 'cl'"),
    ('tool.autodevelop.ci = "github"', 'a list of names for ci'),
    ('tool.autodevelop.ci = [1]', 'a list of names for ci'),
    ('tool.autodevelop.files = 1', 'a table for files'),
    ('tool.autodevelop.files.lint = "a"', 'a list of names for files.lint'),
    ('tool.autodevelop.files.lint = []', 'selects a file in files.lint'),
    ('tool.autodevelop.files.lint = ["[z-a]"]', 'an invalid pattern (bad'),
    ('tool.autodevelop.commits = "all"', "tip or each for commits, not 'all'"),
    ('tool.autodevelop.subject_length = -1', 'number for subject_length'),
    ('tool.autodevelop.subject_length = false', 'number for subject_length'),
    ('tool.autodevelop.projects = ["!a"]', 'no pattern that selects a file'),
    ('tool.autodevelop.subject_full_stop = 1', 'true or false for subject_fu'),
    ('tool.autodevelop.environments = ["test"]', "no environment 'test'"),
    ('tool.autodevelop.branch = "a\'b"', 'a plain name for branch'),
    ('tool.autodevelop.branch = 1', 'a string for branch'),
    ('tool.autodevelop.branch = []', 'a plain name for branch'),
    ('tool.autodevelop.branch = [1]', 'a list of names for branches'),
    ('tool.autodevelop.with_ = []', "no key 'with_'"),
    ('tool.autodevelop.with = ["a; b"]', 'names of packages for with'),
    ('tool.autodevelop.tool = "$(id)"', 'a version, a URL or a wheel'),
    ('tool.autodevelop.github = "a.yml"', 'the path of a workflow'),
    ('tool.autodevelop.platforms.a = ["zynq"]', "no platform 'zynq'"),
    ('tool.autodevelop.runners.a = 1', 'a string for runners.a'),
    ('tool.autodevelop.checkout.depth = 1', 'no key checkout.depth'),
    ('tool.autodevelop.checkout.lfs = 1', 'true or false for checkout.lfs'),
    ('tool.autodevelop.checkout.fetch-depth = "a"', 'checkout.fetch-depth'),
    ('tool.autodevelop.tests = 1', 'a list of names for tests'),
    ('tool.autodevelop.coverage = ["a"]', 'a string for coverage'),
    ('tool.autodevelop.stages = "ci"', "a table for stages, not 'ci'"),
    ('tool.autodevelop.stages.cl = ["a"]', 'no key stages.cl'),
    ('tool.autodevelop.stages.ci = "a"', 'a list of names for stages.ci'),
    ('tool.autodevelop.stages = ["ci"]', 'a table for stages'),
    ('tool.autodevelop.deploy = 1', 'a table for deploy, not 1'),
    ('tool.autodevelop.deploy.cl = 1', 'no key deploy.cl'),
    ('tool.autodevelop.deploy.keep = 0', 'positive number for deploy.keep'),
    ('tool.autodevelop.deploy.keep = true', 'positive number for deploy.keep'),
    ('tool.autodevelop.deploy.keep = "2"', 'positive number for deploy.keep'),
    ('tool.autodevelop.deploy.health = "a"', 'a path for deploy.health'),
    ('tool.autodevelop.deploy.folder = "/a"', 'paths in the project'),
    ('tool.autodevelop.deploy.shared = ["a/../b"]', 'paths in the project'),
    ('tool.autodevelop.deploy.health = 1', 'a string for deploy.health'),
    ('tool.autodevelop = "a"', 'is not a table'),
    ('tool = "autodevelop"', 'is not a table'),
])
def test_what_is_wrong_is_said(write: Write, text: str, said: str) -> None:
    with pytest.raises(AutodevelopError, match='pyproject.toml') as caught:
        settings(write, text)
    assert said in caught.value.message


@pytest.mark.parametrize(('text', 'hint'), [
    ('subject_lenght = 50', 'did you mean subject_length?'),
    ('deploy.aplication = "a"', 'did you mean application?'),
    ('stages.push = []', 'did you mean pre-push?'),
    ('deploy.x = 1', 'use one of access_log, '),
    ('x = 1', 'use one of branch, ')])
def test_an_unknown_key_names_what_is_meant(
        write: Write, text: str, hint: str) -> None:
    with pytest.raises(AutodevelopError, match='has no key') as caught:
        settings(write, f'[tool.autodevelop]\n{text}')
    assert caught.value.hint.startswith(hint)
