"""The one error that a user can do something about, and findings."""
from typing import NamedTuple


class AutodevelopError(Exception):
    """Something that is expected to go wrong, and what to do about it.

    Printed once, by ``__main__``, as two lines: ``error: MESSAGE`` and
    ``hint: HINT``. A bug is any other exception and keeps its traceback.
    ``status`` is the exit status: 1 for a check that failed, 2 for usage and
    configuration. Docstrings name it only where a caller acts on it.
    """

    def __init__(self, message: str, hint: str, status: int = 2) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.status = status


class Finding(NamedTuple):
    """What a person should look at, and what to do about it.

    wrong: whether something does not work; else it may be meant so.
    """

    problem: str
    remedy: str
    wrong: bool = False

    def line(self) -> str:
        """Both, for a command that is about something else."""
        return f'{self.problem}; {self.remedy}'
