"""autodevelop schema: print a JSON schema of the settings, for editors."""
import argparse
import json
import sys

from autodevelop.ci import PROVIDERS
from autodevelop.matrix.schema import make_schema

EXAMPLE = 'autodevelop schema > autodevelop.schema.json'


def run(options: argparse.Namespace) -> int:
    sys.stdout.write(f'{json.dumps(make_schema([*PROVIDERS]), indent=2)}\n')
    return 0
