"""The options that name where to deploy."""
import argparse
from pathlib import Path

from autodevelop.deploy.target import Target, find_target


def add_target_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--to', type=Path, metavar='DIR',
                        help='the folder to deploy to; default: git config '
                        'autodevelop.to')
    parser.add_argument('--proxy-url', metavar='URL',
                        help='the health URL of the proxy in front; default: '
                        'git config autodevelop.proxyUrl')


def target_of(options: argparse.Namespace) -> Target:
    return find_target(options.to, options.proxy_url)
