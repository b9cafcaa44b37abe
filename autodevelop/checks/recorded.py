"""What the history of the ledger keeps of a check."""
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from autodevelop.checks.nox_output import Output
from autodevelop.checks.sessions import Request
from autodevelop.results.outcomes import Row
from autodevelop.results.runs import Ended, Run


def describe_run(request: Request, rows: Sequence[Row],
                 outputs: Sequence[Output], folders: Mapping[str, Path],
                 started: float) -> Run:
    """Describe a run that ends now, and summarize in the output what failed.

    outputs: of a session that ran with several chunks of arguments, several.
    folders: the results of each cell.
    started: by time.monotonic().
    """
    failed = _summarize(outputs, folders)
    began: dict[str, float] = {}
    seconds: dict[str, float] = {}
    for each in outputs:
        began.setdefault(each.session, max(each.began - started, 0.0))
        seconds[each.session] = seconds.get(each.session, 0) + each.seconds
    return Run(
        time.time() - (time.monotonic() - started), request.stage,
        request.tree, request.head or '', request.project, tuple(
            Ended(row.session, row.outcome, seconds.get(row.session, 0.0),
                  began.get(row.session, 0.0),
                  tuple(failed.get(row.session, ())))
            for row in rows))


def _summarize(outputs: Sequence[Output],
               folders: Mapping[str, Path]) -> Mapping[str, Sequence[str]]:
    if not any(each.failed for each in outputs):
        return {}
    from autodevelop.checks.summary import summarize_outputs  # Reads XML.
    return summarize_outputs(outputs, folders)
