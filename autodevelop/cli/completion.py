"""Completion in a shell, by argcomplete, which nox brings along."""
import argparse
from importlib import import_module

from autodevelop.cli import COMMANDS


def complete() -> None:
    """Print what fits the command line of a shell, and exit.

    argcomplete's variables have the line:
    https://kislyuk.github.io/argcomplete/
    """
    import argcomplete  # Only when a shell asks.
    argcomplete.autocomplete(every_parser())


def every_parser() -> argparse.ArgumentParser:
    """A parser of all commands; a command itself needs only its own."""
    main = argparse.ArgumentParser('autodevelop')
    parsers = {'': main.add_subparsers()}
    for name, summary in COMMANDS.items():
        first, _, word = name.rpartition(' ')
        parser = parsers[first].add_parser(word, help=summary)
        if any(each.startswith(f'{name} ') for each in COMMANDS):
            parsers[name] = parser.add_subparsers()
        else:
            module = import_module(
                f'autodevelop.cli.{name.replace(" ", ".")}')
            if hasattr(module, 'add_options'):
                module.add_options(parser)
    return main
