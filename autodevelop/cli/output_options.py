"""The options of commands that run cells or show how they ended."""
import argparse


def add_color_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--color', choices=('auto', 'always', 'never'),
                        default='auto', help='when to use colours; default: '
                        'auto, on a terminal')


def add_output_options(parser: argparse.ArgumentParser, more: str) -> None:
    """more: what --verbose does."""
    how = parser.add_mutually_exclusive_group()
    how.add_argument('-q', '--quiet', action='store_true',
                     help='print what failed, and nothing else')
    how.add_argument('-v', '--verbose', action='store_true', help=more)
    add_color_option(parser)
