"""autodevelop deploy exec: a command in the folder of the live release."""
import argparse

from autodevelop.cli.target_options import add_target_options, target_of
from autodevelop.deploy.policy import run_in_live
from autodevelop.errors import AutodevelopError

EXAMPLE = 'autodevelop deploy exec --to /srv/division -- python queue.py'
add_options = add_target_options


def run(options: argparse.Namespace) -> int:
    if not options.posargs:
        raise AutodevelopError('no command to run', f'run: {EXAMPLE}')
    return run_in_live(target_of(options),
                       options.posargs)
