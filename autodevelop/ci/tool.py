"""What a CI job installs, in an environment outside of its checkout.

That is autodevelop, nox with it, and what the noxfile imports. An autodevelop
of an index is pinned by its version, one of git by its commit.
"""
import re
import shlex

from autodevelop import __version__
from autodevelop.matrix.settings import Settings
from autodevelop.system.installed import commit_url, read_record

PYTHON = '>=3.11'
"""The Pythons that autodevelop runs on, whatever the project's are."""

PRESENT = re.compile(
    r'autodevelop\[report\](?: @ (?P<url>[^\s"\\]+)|==(?P<version>[\w.+!]+))')


def find_tool(settings: Settings, present: str = '',
              keep: bool = True) -> str:
    """Where a job gets autodevelop from, in the terms of the setting.

    present: a CI file. Unless the settings say it, what stands there is kept
        if that is wanted, or if it is not known how to install this one.
    """
    if settings.tool or settings.requirements:
        return settings.tool
    found = PRESENT.search(present)
    kept = (found['url'] or found['version']) if found else ''
    if kept and keep:
        return kept
    record = read_record()
    if record is None:
        return kept or __version__
    url = commit_url(record) or record.get('url', '')
    if url.startswith('file:') and kept:
        return kept
    return url or __version__


def why_not_elsewhere(tool: str) -> str:
    """Why no job can have it: it is a folder of this machine; else empty."""
    return (f'a CI job cannot install autodevelop from {tool}; name another '
            'place in pyproject.toml: [tool.autodevelop] tool = '
            '"git+https://HOST/OWNER/autodevelop@COMMIT"'
            if tool.startswith(('file:', 'git+file:')) else '')


def install_arguments(settings: Settings, root: str) -> list[str]:
    """The arguments of each ``pip install``, for a shell.

    root: the folder of the noxfile, as a prefix that the shell expands.
    """
    tool, lines = find_tool(settings), []
    if settings.requirements:
        lock = shlex.quote(settings.requirements)
        lines.append(f'--require-hashes -r {root}{lock}')
    packages = [*([_requirement(tool, root)] if tool not in ('', '.') else []),
                *(f'"{each}"' for each in settings.with_)]
    return lines + ([' '.join(packages)] if packages else [])


def _requirement(tool: str, root: str) -> str:
    if '://' in tool:
        return f'"autodevelop[report] @ {tool}"'
    if tool.endswith('.whl'):
        return f'{root or "./"}"{tool}[report]"'
    return f'"autodevelop[report]=={tool}"'


def module_option(settings: Settings) -> str:
    """The options by which Python runs autodevelop.

    It imports from the checkout only if that is autodevelop itself: a module
    of a project may have the name of one of the standard library:
    https://docs.python.org/3/using/cmdline.html#cmdoption-P
    """
    return '-m' if settings.tool == '.' else '-P -m'
