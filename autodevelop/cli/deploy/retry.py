"""autodevelop deploy retry: deploy the tip of the main branch again."""
import argparse

from autodevelop.cli.target_options import add_target_options, target_of
from autodevelop.deploy.policy import retry

EXAMPLE = 'autodevelop deploy retry --to /srv/division'
add_options = add_target_options


def run(options: argparse.Namespace) -> int:
    print(retry(target_of(options)))
    return 0
