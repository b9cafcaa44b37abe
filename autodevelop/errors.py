"""The one error that a user can mend."""


class AutodevelopError(Exception):
    """Something that the caller expects to go wrong, and how to mend it.

    Printed as two lines, once, at the boundary in ``__main__``; a bug is
    any other exception and keeps its traceback. ``status`` is the exit
    status: 1 for a check that failed, 2 for usage and configuration.
    """

    def __init__(self, what: str, what_to_do: str, status: int = 2) -> None:
        super().__init__(what)
        self.what = what
        self.what_to_do = what_to_do
        self.status = status
