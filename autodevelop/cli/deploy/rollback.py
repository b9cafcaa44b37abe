"""autodevelop deploy rollback: put an earlier release live again."""
import argparse

from autodevelop.cli.target_options import add_target_options, target_of
from autodevelop.deploy.policy import roll_back

EXAMPLE = 'autodevelop deploy rollback --to /srv/division'


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('release', metavar='RELEASE', nargs='?',
                        help='commit id or prefix; default: the previous '
                        'release')
    add_target_options(parser)


def run(options: argparse.Namespace) -> int:
    target = target_of(options)
    print(f'{roll_back(target, options.release)} is live')
    return 0
