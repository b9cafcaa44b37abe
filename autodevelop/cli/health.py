"""autodevelop health: ask a service for its health and its release."""
import argparse

from autodevelop.deploy.health import wait_until_healthy

EXAMPLE = 'autodevelop health http://127.0.0.1:8000/healthz'


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('url', metavar='URL',
                        help='http://HOST:PORT/PATH or unix:SOCKET:/PATH')
    parser.add_argument('--release', metavar='ID',
                        help='wait until this release answers')
    parser.add_argument('--timeout', metavar='S', type=float, default=5.0,
                        help='seconds to wait for a good answer; default: 5')


def run(options: argparse.Namespace) -> int:
    health = wait_until_healthy(options.url, options.release, options.timeout)
    release = f' release {health.release}' if health.release else ''
    print(f'{options.url}: {health.problem or "ok"}{release}')
    return 1 if health.problem else 0
