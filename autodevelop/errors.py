"""The one error that a user can do something about."""


class AutodevelopError(Exception):
    """Something that is expected to go wrong, and what to do about it.

    Printed once, by ``__main__``, as two lines: ``error: MESSAGE`` and
    ``hint: HINT``. A bug is any other exception and keeps its traceback.
    ``status`` is the exit status: 1 for a check that failed, 2 for usage and
    configuration.
    """

    def __init__(self, message: str, hint: str, status: int = 2) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.status = status
