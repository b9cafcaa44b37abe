"""Which session belongs to which stage, by what CI runs, tags and names."""
import pytest

from autodevelop.adopt.stages import Line, oldest_and_newest, propose_stages
from autodevelop.adopt.workflows import Workflows
from autodevelop.matrix.manifest import Session, has_stages

NOTHING = Workflows((), (), (), ())


def session(name: str, *tags: str, default: bool = True) -> Session:
    return Session(name, name.partition('-3')[0].partition('(')[0], '', None,
                   tags, {}, default)


def stages(names: list[str], workflows: Workflows = NOTHING,
           ) -> dict[str, tuple[str, ...]]:
    lines = propose_stages([*map(session, names)], workflows)
    return {line.stage: line.names for line in lines}


def test_names_decide_where_nothing_else_does() -> None:
    assert stages(['lint', 'format', 'mypy', 'tests-3.12', 'tests-3.13',
                   'docs', 'docs-live', 'publish', 'update']) == {
        'pre-commit': ('lint',),
        'pre-push': ('lint', 'mypy', 'tests'),
        'ci': ('lint', 'mypy', 'tests', 'docs')}


def test_a_push_may_run_one_cell_of_a_session() -> None:
    lines = propose_stages([*map(session, ('tests(a)', 'tests(b)'))], NOTHING,
                           {'tests': ['tests(b)']})
    assert [line.names for line in lines] == [('tests(b)',), ('tests',)]
    assert lines[0].reason.endswith(', on some Pythons')


def test_a_push_waits_for_the_oldest_and_the_newest_python_here() -> None:
    sessions = [Session(f'{name}-{python}', name, '', python, (), {}, True)
                for name, pythons in {
                    'tests': ('3.9', '3.10', '3.11', '3.12', '3.14t', '3.15'),
                    'two': ('3.11', '3.12'), 'old': ('2.7', '3.5', '3.6'),
                    'one': ('3.8', '3.9', '3.12')}.items()
                for python in pythons]
    here = ('3.8', '3.10', '3.11', '3.12', '3.14t')
    assert oldest_and_newest([session('lint'), *sessions], here) == {
        'tests': ['tests-3.10', 'tests-3.12'], 'one': ['one-3.12']}


def test_what_workflows_run_comes_first() -> None:
    run = Workflows(('a.yml',), ('tests-*', 'docs'), (), ())
    assert stages(['lint', 'tests-3.12', 'docs', 'types'], run)['ci'] == (
        'tests', 'docs')


def test_a_matrix_without_names_is_ignored() -> None:
    run = Workflows(('a.yml',), ('*',), (), ())
    assert stages(['lint', 'tests'], run)['ci'] == ('lint', 'tests')


def test_a_plain_nox_in_a_workflow_runs_its_default() -> None:
    lines = propose_stages(
        [session('lint'), session('flake8'), session('a', default=False)],
        Workflows(('a.yml',), (), (), (), True))
    assert lines[0].names == ('lint', 'flake8')
    assert lines[-1] == Line('ci', ('lint', 'flake8'), 'what a.yml runs')


def test_a_tag_names_sessions() -> None:
    lines = propose_stages(
        [session('a', 'fast'), session('b')],
        Workflows(('a.yml', 'b.yml'), (), ('fast',), ()))
    assert lines == [Line('ci', ('a',), 'what a.yml, b.yml runs')]


def test_chores_alone_are_not_proposed() -> None:
    assert stages(['publish', 'clean']) == {}
    assert propose_stages([session('a', default=False)], NOTHING) == []


@pytest.mark.parametrize(('tag', 'are'), [('ci', True), ('fast', False)])
def test_tags_may_be_stages(tag: str, are: bool) -> None:
    assert has_stages([session('a', tag)]) == are
