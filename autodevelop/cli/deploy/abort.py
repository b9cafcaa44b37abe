"""autodevelop deploy abort: abort the deploy that is running."""
import argparse

from autodevelop.cli.target_options import add_target_options, target_of
from autodevelop.deploy.policy import abort

EXAMPLE = 'autodevelop deploy abort --to /srv/division'
add_options = add_target_options


def run(options: argparse.Namespace) -> int:
    print(abort(target_of(options)))
    return 0
