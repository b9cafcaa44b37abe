"""autodevelop deploy releases: list the attempts to deploy."""
import argparse
import sys

from autodevelop.cli.target_options import add_target_options, target_of
from autodevelop.deploy.history import History
from autodevelop.deploy.status import history_table

EXAMPLE = 'autodevelop deploy releases --to /srv/division'
add_options = add_target_options


def run(options: argparse.Namespace) -> int:
    target = target_of(options)
    sys.stdout.write(history_table(History(target).attempts(), target.live()))
    return 0
