"""What the ledger keeps of a check: its passes, and the run."""
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from autodevelop.checks.ledger import Ledger, Pass
from autodevelop.checks.nox_output import Output
from autodevelop.checks.sessions import Request
from autodevelop.results.outcomes import Row
from autodevelop.results.runs import Ended, Run


def record_passes(ledger: Ledger, passes: Sequence[Pass], folder: Path,
                  ) -> None:
    """Record passes of a cell, with the files that it left in a folder."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes()
             for path in folder.rglob('*') if path.is_file()}
    for each in passes:
        ledger.record(each, files)


def reset_results(ledger: Ledger, passes: Sequence[Pass], folder: Path,
                  outcome: str) -> None:
    """Restore what an earlier pass left; remove what another tree did."""
    shutil.rmtree(folder, ignore_errors=True)
    kept = ledger.files(passes[0]) if outcome == 'already passed' else {}
    for name, content in kept.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


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
