"""Templates of CI files, which have braces of their own.

Names in a noxfile can be any text. In a file they are written in double
quotes, valid as both YAML and JSON; a shell never sees them: jobs read them
from the variable AUTODEVELOP_CELLS.
"""
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from autodevelop.ci.jobs import Job
from autodevelop.ci.tool import PYTHON, install_arguments, module_option
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings
from autodevelop.results.outcomes import RESULTS
from autodevelop.system.templates import load_templates

UNSAFE = re.compile(r'[^A-Za-z0-9 .,:()=/_-]')
"""Characters that some provider or shell may interpret."""

# YAML 1.1 takes some of these for line breaks and rejects others:
# https://yaml.org/spec/1.1/#id868524
NO_LETTER = re.compile('[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]')

HEADER = re.compile(
    r'# (Rendered|Planned) from \S*noxfile\.py by: autodevelop')
"""How a rendered file begins."""

WILDCARD = re.compile('[*?]')
REGION = re.compile(
    r'^(?P<begin> *# yours: (?P<name>.+)\n)(?P<text>(?s:.*?))'
    r'(?P<end>^ *# end of yours\n)', re.MULTILINE)


def render(provider: str, template: str, settings: Settings,
           cells: Sequence[Cell], jobs: Sequence[Job] = (),
           root: str = '', **more: Any) -> str:
    """Render a template of a provider, with LF line endings.

    provider: the name of the provider's package, with the template.
    root: where a shell that installs finds the folder of the noxfile.
    more: what only this template uses.
    """
    here = Path(__file__).parent
    loaded = load_templates(
        here / provider.rpartition('.')[2], here,
        block_start_string='[%', block_end_string='%]',
        variable_start_string='[[', variable_end_string=']]',
        comment_start_string='[#', comment_end_string='#]')
    loaded.filters |= {'quote': quote, 'encode': encode,
                       'expression': expression}
    loaded.tests['pattern'] = WILDCARD.search
    coverage = [cell for cell in cells if cell.name == settings.coverage]
    return loaded.get_template(template).render(
        settings=settings, cells=cells, jobs=jobs, runs=_runs(cells),
        branches=settings.branches or (settings.branch,),
        installs=install_arguments(settings, root), python=PYTHON,
        autodevelop=f'{module_option(settings)} autodevelop', results=RESULTS,
        grouped=any(len(job.sessions) > 1 for job in jobs),
        coverage=[cell.session for cell in coverage],
        last=coverage[0].session if coverage else 'all cells', **more)


def quote(text: str) -> str:
    """Quote a text on one line, for YAML and JSON."""
    return NO_LETTER.sub(lambda found: f'\\u{ord(found[0]):04x}',
                         json.dumps(text, ensure_ascii=False))


def encode(sessions: Iterable[str]) -> str:
    """Write a JSON list in characters that no provider or shell expands."""
    def escape(found: re.Match[str]) -> str:
        units = found[0].encode('utf-16-be', 'surrogatepass').hex()
        return ''.join(f'\\u{units[i:i + 4]}' for i in range(0, len(units), 4))

    return '[{}]'.format(', '.join(
        f'"{UNSAFE.sub(escape, session)}"' for session in sessions))


def expression(branch: str) -> str:
    """A pattern for branches as a regular expression, whole."""
    escaped = re.sub(r'[.+/]', r'\\\g<0>', branch)
    return f'^{escaped.replace("*", ".*").replace("?", ".")}$'


def regions(text: str) -> dict[str, str]:
    """What people wrote between the markers, by the name of the region."""
    return {found['name']: found['text'] for found in REGION.finditer(text)}


def keep_regions(path: str, text: str, present: str) -> str:
    """Copy what people wrote between the markers of ``present`` to ``text``.
    """
    kept = regions(present)
    marks = len(re.findall('^ *# (?:end of )?yours', present, re.MULTILINE))
    lost = [name for name in kept if name not in regions(text)]
    if lost or marks != 2 * len(kept):
        raise AutodevelopError(
            f'{path} has unpaired markers of regions' if not lost else
            f'{path} has the region {lost[0]!r}, which no longer exists',
            'move its text elsewhere and delete the markers')
    return REGION.sub(lambda found: (
        found['begin'] + kept.get(found['name'], '') + found['end']), text)


def _runs(cells: Sequence[Cell]) -> list[str]:
    """A line for each session: its name and its platforms."""
    platforms: dict[str, list[str]] = {}
    for cell in cells:
        names = platforms.setdefault(cell.name, [])
        if cell.platform and cell.platform not in names:
            names.append(cell.platform)
    return [f'{quote(name)[1:-1]} on {", ".join(names)}' if names
            else quote(name)[1:-1] for name, names in platforms.items()]
