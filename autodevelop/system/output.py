"""What a person reads while a command runs."""
import sys


def say(message: str) -> None:
    """Write a line to standard error; standard output is for programs."""
    sys.stderr.write(f'autodevelop: {message}\n')
