"""autodevelop deploy status: which release is live, and does it answer?"""
import argparse

from autodevelop.cli.target_options import add_target_options, target_of
from autodevelop.deploy.status import read_status

EXAMPLE = 'autodevelop deploy status --to /srv/division'
add_options = add_target_options


def run(options: argparse.Namespace) -> int:
    status = read_status(target_of(options))
    print(status.line)
    return 0 if status.healthy else 1
