"""autodevelop deploy logs: print the log of a release."""
import argparse
import sys

from autodevelop.cli.target_options import add_target_options, target_of
from autodevelop.deploy.logs import attempt_log, follow, read_log

EXAMPLE = 'autodevelop deploy logs --to /srv/division'


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('release', metavar='RELEASE', nargs='?',
                        help='commit id or prefix, also of an attempt that '
                        'failed; default: what is live')
    parser.add_argument('-n', dest='lines', metavar='N', type=int,
                        default=100, help='the last N lines; default: 100')
    parser.add_argument('-f', '--follow', action='store_true',
                        help='keep printing what is written, also by '
                        'releases that go live later')
    add_target_options(parser)


def run(options: argparse.Namespace) -> int:
    target = target_of(options)
    sys.stdout.write(
        attempt_log(target, options.release, options.lines)
        if options.release else read_log(target, options.lines))
    for text in follow(target) if options.follow else ():
        sys.stdout.write(text)
        sys.stdout.flush()
    return 0
