"""The options of what puts releases live, and what they call."""
import argparse
from collections.abc import Callable
from pathlib import Path

from autodevelop import deploy_commands as commands

UNITS = ('release@.service', 'start.service', 'webhook.service',
         'worker.service')
Command = Callable[[argparse.Namespace], int]
Add = Callable[[str, Command, str, str], argparse.ArgumentParser]


def add_commands(add: Add) -> None:
    """Add deploy, rollback, start, releases, status, webhook."""
    deploy = add('deploy', _deploy, 'check a commit, serve it beside what is '
                 'live, and switch to it when it answers',
                 'autodevelop deploy main --to /srv/division')
    what = deploy.add_mutually_exclusive_group(required=True)
    what.add_argument('revision', metavar='REV', nargs='?',
                      help='a commit of the main branch')
    what.add_argument('--print-front', dest='printed', action='store_const',
                      const='front.conf',
                      help="print nginx's configuration for the target")
    what.add_argument('--print-unit', dest='printed', choices=UNITS,
                      help='print a unit of systemd for the target')
    deploy.add_argument('--newer', action='store_true',
                        help='do nothing if what is live has the commit in it')
    _add_target(deploy)

    rollback = add('rollback', _rollback, 'put a release live again',
                   'autodevelop rollback --to /srv/division')
    rollback.add_argument('release', metavar='RELEASE', nargs='?',
                          help='how its name begins; default: the one that '
                          'was live before')
    _add_target(rollback)

    for name, command, summary in [
            ('start', _start, 'serve what is live again, if it does not '
             'answer: after a boot'),
            ('releases', _releases, 'list what went live, and what did not'),
            ('status', _status, 'say what is live, and whether it answers')]:
        _add_target(add(name, command, summary,
                        f'autodevelop {name} --to /srv/division'))
    _add_webhook(add)


def _add_webhook(add: Add) -> None:
    webhook = add('webhook', _webhook, 'listen for what a forge says was '
                  'merged, and have it live',
                  'autodevelop webhook --bind 127.0.0.1:8001')
    webhook.add_argument('--bind', metavar='ADDRESS', default='127.0.0.1:8001',
                         help='HOST:PORT or unix:PATH; default: '
                         '127.0.0.1:8001')
    webhook.add_argument('--work', action='store_true',
                         help='do not listen: fetch and deploy what was '
                         'delivered, as the one worker')
    _add_target(webhook)


def _add_target(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--to', type=Path, metavar='DIR',
                        help='the folder of the target; default: '
                        'autodevelop.to of git config')
    parser.add_argument('--front', metavar='URL',
                        help='where the web server in front answers for its '
                        'health; default: autodevelop.front of git config')


def _deploy(options: argparse.Namespace) -> int:
    if options.printed:
        return commands.show(options.printed, options.to)
    return commands.deploy(options.revision, options.newer, options.to,
                           options.front)


def _rollback(options: argparse.Namespace) -> int:
    return commands.rollback(options.release, options.to, options.front)


def _start(options: argparse.Namespace) -> int:
    return commands.start(options.to, options.front)


def _releases(options: argparse.Namespace) -> int:
    return commands.releases(options.to, options.front)


def _webhook(options: argparse.Namespace) -> int:
    return commands.webhook(options.bind, options.work, options.to,
                            options.front)


def _status(options: argparse.Namespace) -> int:
    return commands.status(options.to, options.front)
