"""autodevelop health: is a service up, and which release answers?"""
import argparse

from autodevelop.deploy.health import wait_until_healthy

EXAMPLE = 'autodevelop health http://127.0.0.1:8000/healthz'


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('url', metavar='URL',
                        help='http://HOST:PORT/PATH or unix:SOCKET:/PATH')
    parser.add_argument('--release', metavar='ID',
                        help='wait until this release answers')
    parser.add_argument('--timeout', metavar='S', type=float, default=5.0,
                        help='seconds to wait until it is healthy; default: 5')


def run(options: argparse.Namespace) -> int:
    health = wait_until_healthy(options.url, options.release, options.timeout)
    said, release = health.problem or 'ok', health.release or ''
    print(f'{options.url}: {said}'
          + (f', release {release}' if release not in said else ''))
    return 1 if health.problem else 0
