"""autodevelop deploy abort: end the deploy that is running."""
import argparse

from autodevelop.cli.target_options import add_target_options
from autodevelop.deploy.policy import abort
from autodevelop.deploy.target import find_target

EXAMPLE = 'autodevelop deploy abort --to /srv/division'
add_options = add_target_options


def run(options: argparse.Namespace) -> int:
    print(abort(find_target(options.to, options.proxy_url)))
    return 0
