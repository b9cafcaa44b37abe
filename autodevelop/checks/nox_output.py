"""What nox prints, read line by line: which sessions run, and their output."""
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

ENDS = '(was successful|success|failed|skipped|aborted)'
# With --parallel, a session's output comes when it has ended, below a header.
STARTING = re.compile(r'Starting session (.+)\.\.\.$')
HEADER = re.compile(rf'={{10}} \S+ (.+): {ENDS}(?:, .+)? ={{10}}$')
# Without it, and within such output; after a line that may lack its end.
RUNNING = re.compile(r'nox > Running session (.+)$')
ENDED = re.compile(rf'nox > Session (.+?) {ENDS}')
SUMMARY = re.compile(
    r'nox > (Ran \d+ sessions|\* .+: \w+|No selected session allows parallel)')
COLOUR = re.compile(r'\x1b\[[0-9;?]*[a-zA-Z]')
INSTALL_FAILED = re.compile(
    r'nox > Command .*\b(install|sync|create|virtualenv)\b.* failed with ')
CREATING = re.compile(r'nox > Creating (virtual environment|\S+ env) ')
# A person cannot change the folder, nor is it too long for what runs there.
LONG_PATH = re.compile(
    r'nox > The virtualenv (name was hashed to|path .+ is too long)')

Told = Callable[[str, str, float], None]


@dataclass
class Output:
    """What a session printed, and how it ended; '' while it runs.

    whole: whether nox's last line is there; a session can end its nox.
    summary: lines on what failed.
    began: by time.monotonic().
    """

    session: str
    outcome: str
    lines: list[str] = field(default_factory=list)
    whole: bool = False
    summary: list[str] = field(default_factory=list)
    began: float = 0.0
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether a person has to see it."""
        return not self.whole or self.outcome not in ('passed', 'skipped')

    @property
    def install_failed(self) -> bool:
        """Whether its environment may be incomplete."""
        return self.failed and self._has(INSTALL_FAILED)

    @property
    def created_environment(self) -> bool:
        """Whether nox created a virtual environment for it."""
        return self._has(CREATING)

    def _has(self, pattern: re.Pattern[str]) -> bool:
        return any(pattern.search(COLOUR.sub('', line))
                   for line in self.lines)


class NoxOutput:
    """Follows nox line by line.

    told: called with a session, ``started`` or how it ended, and seconds.
    other: called with each line that belongs to no session.
    running: when each session that runs began, by time.monotonic().
    ended: the output of those that have ended.
    open: the output that is being read.
    """

    def __init__(self, told: Told, other: Callable[[str], object]) -> None:
        self._told, self._other = told, other
        self.running: dict[str, float] = {}
        self.ended: list[Output] = []
        self.open: Output | None = None

    def read(self, line: str) -> None:
        """Process a line.

        A session may print what looks like nox's own, such as the output of
        a test that runs nox. So its output goes on until nox says how that
        very session ended, or until the header of another that runs.
        """
        text = COLOUR.sub('', line).rstrip()
        header = HEADER.match(text)
        if header and self._is_next(*header.groups()):
            self._end_of_block(*header.groups())
        elif self.open:
            self._in_block(self.open, line, text)
        elif starting := STARTING.match(text):
            self._start(starting[1])
        elif running := RUNNING.match(text):
            self._start(running[1])
            self.open = Output(running[1], '',
                               began=self.running[running[1]])
        elif not SUMMARY.match(text):
            self._other(line)

    def close(self) -> None:
        """Keep the output of what has not ended."""
        if self.open:
            self.ended.append(self.open)
            self.open = None

    def _is_next(self, session: str, outcome: str) -> bool:
        if not self.open:
            # One whose prerequisite failed is aborted without a start.
            return session in self.running or outcome == 'aborted'
        # Where a session has not ended, it runs without --parallel.
        return session in self.running and bool(self.open.outcome)

    def _start(self, session: str) -> None:
        self.running[session] = time.monotonic()
        self._told(session, 'started', 0)

    def _end(self, output: Output, outcome: str) -> None:
        output.outcome = 'passed' if 'success' in outcome else outcome
        now = time.monotonic()
        output.began = self.running.pop(output.session, now)
        output.seconds = now - output.began

    def _end_of_block(self, session: str, outcome: str) -> None:
        self.close()  # It lacks the line that ends it.
        started = session in self.running
        output = Output(session, '')
        self._end(output, outcome)
        if started:
            self.open = output
        else:
            self._told(session, outcome, 0)

    def _in_block(self, output: Output, line: str, text: str) -> None:
        if LONG_PATH.match(text):
            return
        output.lines.append(line)
        ended = ENDED.search(text)
        if ended and ended[1] == output.session:
            if not output.outcome:
                self._end(output, ended[2])
            output.whole = True
            # Not before: nox calls failed, too, what it interrupts.
            self._told(output.session, output.outcome, output.seconds)
            self.close()
