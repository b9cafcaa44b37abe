"""Run nox, show what runs, and print the output of what failed.

python .ci/progress.py [--lane NAME] NOX ARGUMENT ...
"""
import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

from autodevelop.checks.job import run_watched
from autodevelop.checks.live import Live
from autodevelop.checks.nox_output import Output
from autodevelop.checks.progress import print_output
from autodevelop.cli.project import find_ledger
from autodevelop.system.process import run
from autodevelop.system.signals import interrupt_on_signals


def selected(command: Sequence[str]) -> list[str]:
    """The sessions that this nox is to run; none if it cannot list them."""
    with suppress(ValueError):
        return [each['session'] for each in json.loads(run(
            [*command, '--list', '--json'], {}).output)]
    return []


def expected() -> Mapping[str, float]:
    """How many seconds each session took the last time."""
    ledger, project = find_ledger()
    return ledger.durations(project) if ledger else {}


def add_starts(command: Sequence[str], outputs: Sequence[Output]) -> None:
    """Add to nox's report when each session began; it has the durations."""
    if '--report' not in command:
        return
    starts = {each.session: time.time() - time.monotonic() + each.began
              for each in outputs}
    path = Path(command[command.index('--report') + 1])
    with suppress(OSError, ValueError, LookupError):
        report = json.loads(path.read_text('utf-8'))
        for each in report['sessions']:
            name = (each['signatures'] or [each['name']])[0]
            if name in starts:
                each['began'] = starts[name]
        path.write_text(json.dumps(report, indent=2), 'utf-8')


def main(lane: str, command: list[str]) -> int:
    """Run nox; its exit status, or 130 when it is interrupted."""
    interrupt_on_signals()
    try:
        live = Live(selected(command), expected(), label=lane or 'nox')
        status, outputs = run_watched(command, {}, live)
    except KeyboardInterrupt:
        return 130
    print_output(each for each in outputs if each.failed)
    add_starts(command, outputs)
    return status if status >= 0 else 128 - status


if __name__ == '__main__':
    if isinstance(sys.stderr, TextIOWrapper):
        sys.stderr.reconfigure(errors='backslashreplace')
    with_lane = sys.argv[1] == '--lane'
    sys.exit(main(*(sys.argv[2], sys.argv[3:]) if with_lane else
                  ('', sys.argv[1:])))
