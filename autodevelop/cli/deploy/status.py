"""autodevelop deploy status: which release is live, and does it answer?"""
import argparse

from autodevelop.cli.target_options import add_target_options
from autodevelop.deploy.history import History
from autodevelop.deploy.status import read_status
from autodevelop.deploy.target import find_target

EXAMPLE = 'autodevelop deploy status --to /srv/division'
add_options = add_target_options


def run(options: argparse.Namespace) -> int:
    target = find_target(options.to, options.proxy_url)
    status = read_status(target, History(target).attempts())
    print(status.line)
    return 0 if status.healthy else 1
