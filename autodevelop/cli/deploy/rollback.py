"""autodevelop deploy rollback: put an earlier release live again."""
import argparse

from autodevelop.cli.target_options import add_target_options
from autodevelop.deploy.policy import roll_back
from autodevelop.deploy.target import find_target

EXAMPLE = 'autodevelop deploy rollback --to /srv/division'


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('release', metavar='RELEASE', nargs='?',
                        help='commit id or prefix; default: the previous '
                        'release')
    add_target_options(parser)


def run(options: argparse.Namespace) -> int:
    target = find_target(options.to, options.proxy_url)
    print(f'{roll_back(target, options.release)} is live')
    return 0
