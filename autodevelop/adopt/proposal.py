"""The files that a repository needs, as they are and as they would be."""
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from autodevelop.adopt.draft import Draft, draft_noxfile
from autodevelop.adopt.stages import (
    TESTS, Line, oldest_and_newest, propose_stages,
)
from autodevelop.adopt.workflows import Workflows, read_workflows
from autodevelop.ci import Request, github, render_all
from autodevelop.ci.derived import DERIVED
from autodevelop.ci.doubts import doubts
from autodevelop.ci.template import HEADER
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.interpreters import (
    present, read_listing, start_listing,
)
from autodevelop.matrix.manifest import (
    NO_CACHE, Session, has_stages, read_manifest,
)
from autodevelop.matrix.plan import Cell, of_stage, plan_sessions
from autodevelop.matrix.settings import read_settings
from autodevelop.system.files import read_text, write_text

FREE = (github.PATH, '.github/workflows/nox.yml',
        '.github/workflows/autodevelop.yml')


class Proposal(NamedTuple):
    """What init would do.

    texts: by path, the text now and the one proposed.
    stages: the lines of the settings, with their reasons.
    notes: what a person should know or do by hand.
    before_commit: the sessions that a commit will run here.
    """

    texts: Mapping[Path, tuple[str, str]]
    stages: Sequence[Line]
    notes: Sequence[str]
    before_commit: Sequence[str]


def propose(root: Path, folder: Path) -> Proposal:
    """Propose the noxfile, the settings and the CI files of a project.

    root: of the repository.
    folder: of the noxfile; the root where there is none.
    """
    texts, notes = dict[Path, tuple[str, str]](), list[str]()
    workflows = read_workflows(root)
    found = read_listing(start_listing())
    now, draft = read_text(folder / 'pyproject.toml'), Draft('', ())
    if not (folder / 'noxfile.py').exists():
        draft = draft_noxfile(folder, found)
        texts[folder / 'noxfile.py'] = '', draft.text
        notes.append(f'noxfile.py was drafted from {", ".join(draft.sources)}')
    sessions = _sessions(folder, draft, now)
    at_push = draft.at_push or oldest_and_newest(sessions, present(
        {each.python or '' for each in sessions}, found))
    stages, text = _settings(root, now, sessions, workflows, at_push)
    settings = read_settings(folder, text)
    cells = plan_sessions(sessions, settings, found)
    notes += [each.line() for each in doubts(cells, settings)]
    path = folder / 'pyproject.toml'
    try:
        texts |= render_all(Request(folder, root), cells, settings)
        text = DERIVED[path.name](cells, settings, text)
    except AutodevelopError as error:
        notes.append(f'no CI file: {error.message}; {error.hint}')
    if workflows.files:
        notes.append('these workflows run nox as well; remove duplicates: '
                     + ', '.join(workflows.files))
    texts[path] = now, text
    at_commit = of_stage(cells, 'pre-commit')
    notes += _empty_stages(root, cells)
    return Proposal({path: both for path, both in texts.items()
                     if both[0] != both[1]}, stages, notes, [
        cell.session for cell in at_commit if not cell.missing])


def _sessions(folder: Path, draft: Draft, pyproject: str) -> list[Session]:
    """Those of the noxfile, or of the draft, beside what it may read."""
    if not draft.text:
        return read_manifest(folder, NO_CACHE)
    with tempfile.TemporaryDirectory() as scratch:
        for name, text in (('noxfile.py', draft.text),
                           ('pyproject.toml', pyproject)):
            write_text(Path(scratch, name), text, Path(scratch))
        return read_manifest(Path(scratch), NO_CACHE)


def _empty_stages(root: Path, cells: Sequence[Cell]) -> Iterator[str]:
    """What a person would add where a commit or a push checks nothing."""
    hooks = (root / '.pre-commit-config.yaml').is_file()
    style = 'that runs "pre-commit run --all-files"' if hooks else 'for style'
    for stage, when, what in (('pre-commit', 'commit', style),
                              ('pre-push', 'push', 'that runs the tests')):
        if not of_stage(cells, stage):
            yield (f'a {when} checks nothing: add a session {what}, and name '
                   f'it in [tool.autodevelop.stages] {stage}')


def _settings(root: Path, now: str, sessions: Sequence[Session],
              workflows: Workflows, at_push: Mapping[str, Sequence[str]],
              ) -> tuple[list[Line], str]:
    """The stages, and pyproject.toml with them; as it is if it has settings.
    """
    if '[tool.autodevelop' in now:
        return [], now
    stages = [] if has_stages(sessions) else propose_stages(
        sessions, workflows, at_push)
    tables = [*_tables(root, stages, sessions, workflows)]
    before = [now.rstrip('\n')] if now.strip() else []
    return stages, '\n\n'.join([*before, *tables]) + '\n' if tables else now


def _tables(root: Path, stages: Sequence[Line], sessions: Sequence[Session],
            workflows: Workflows) -> Iterator[str]:
    path = _free_path(root)
    if path != FREE[0]:
        yield f'[tool.autodevelop]\ngithub = "{path}"'
    if stages:
        yield '\n'.join(['[tool.autodevelop.stages]', *(
            f'{line.stage} = {_names(line.names)}' for line in stages)])
    ci = {name for line in stages if line.stage == 'ci' for name in line.names}
    tests = [*dict.fromkeys(
        each.name for each in sessions
        if each.name in ci and TESTS.fullmatch(each.name)
        and not {'platform', 'os'} & each.parameters.keys())]
    if tests and workflows.platforms not in ((), ('linux',)):
        yield '\n'.join(['[tool.autodevelop.platforms]', *(
            f'{_key(name)} = {_names(workflows.platforms)}'
            for name in tests)])


def _free_path(root: Path) -> str:
    """The first name that no workflow has, or one of ours."""
    return next((name for name in FREE if not read_text(root / name)
                 or HEADER.match(read_text(root / name))), FREE[-1])


def _names(names: Sequence[str]) -> str:
    return f'[{", ".join(map(_quoted, names))}]'


def _key(name: str) -> str:
    plain = name.replace('-', '').replace('_', '')
    return name if plain.isalnum() and plain.isascii() else _quoted(name)


def _quoted(name: str) -> str:
    text = name.replace('\\', '\\\\').replace('"', '\\"')
    return f'"{text}"'
