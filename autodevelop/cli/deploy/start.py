"""autodevelop deploy start: start the live release, as after a boot."""
import argparse

from autodevelop.cli.target_options import add_target_options, target_of
from autodevelop.deploy.policy import start_live

EXAMPLE = 'autodevelop deploy start --to /srv/division'
add_options = add_target_options


def run(options: argparse.Namespace) -> int:
    status = start_live(target_of(options))
    print(status.line)
    return 0 if status.healthy else 1
