"""The results of a run for programs; docs/report.md has the schema."""
import json
from typing import Any

from autodevelop.results.facts import Facts
from autodevelop.results.failures import Failure
from autodevelop.results.found import Found
from autodevelop.results.runs import run_data

VERSION = 1
"""The version of the schema; new keys do not change it."""


def facts_json(facts: Facts) -> str:
    """Write all facts."""
    tree, coverage, change = facts.tree, facts.coverage, facts.change
    return json.dumps({
        'version': VERSION,
        'project': facts.project,
        'commit': tree.commit, 'tree': tree.recorded,
        'made': facts.made,
        'outcome': 'failed' if facts.failed else
        'passed' if any(each.counts for each in facts.found) else 'skipped',
        'cells': [_cell(each) for each in facts.found],
        'failures': [_failure(each) for each in facts.failures],
        'tests': [test._asdict() for test in facts.tests],
        'gone': facts.gone,
        'coverage': None if coverage is None else {
            'covered': coverage.covered, 'valid': coverage.valid,
            'percent': coverage.percent, 'files': [
                {'name': each.name, 'covered': each.covered,
                 'valid': each.valid, 'missing': each.missing,
                 'partial': each.partial} for each in coverage.files]},
        'change': None if change is None else change._asdict(),
        'runs': [run_data(run) for run in facts.runs],
    }, indent=1) + '\n'


def _cell(found: Found) -> dict[str, Any]:
    cell = found.cell
    return {'session': cell.session, 'name': cell.name, 'slug': cell.slug,
            'python': cell.python, 'platform': cell.platform,
            'may_fail': cell.may_fail, 'outcome': found.row.outcome,
            'detail': found.row.detail, 'seconds': found.seconds,
            'began': found.began, 'change': found.change, 'url': found.url,
            'tests': len(found.suites.tests)}


def _failure(failure: Failure) -> dict[str, Any]:
    return {'name': failure.name, 'where': failure.where,
            'passes': failure.passes, 'variants': [
                {**each.case._asdict(), 'sessions': each.sessions}
                for each in failure.variants]}
