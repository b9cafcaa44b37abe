"""autodevelop deploy start: start the live release, as after a boot."""
import argparse

from autodevelop.cli.target_options import add_target_options
from autodevelop.deploy.policy import start_live
from autodevelop.deploy.target import find_target

EXAMPLE = 'autodevelop deploy start --to /srv/division'
add_options = add_target_options


def run(options: argparse.Namespace) -> int:
    status = start_live(find_target(options.to, options.proxy_url))
    print(status.line)
    return 0 if status.healthy else 1
