"""autodevelop deploy: put a commit live; subcommands are modules beside it."""
import argparse
import sys

from autodevelop.cli.target_options import add_target_options, target_of
from autodevelop.deploy.policy import deploy_revision
from autodevelop.deploy.templates import render

EXAMPLE = 'autodevelop deploy main --to /srv/division'
UNITS = ('release@.service', 'start.service', 'webhook.service',
         'worker.service')


def add_options(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument('revision', metavar='REV', nargs='?',
                      help='a commit of the main branch')
    what.add_argument('--print-nginx', '--print-front', dest='template',
                      action='store_const', const='nginx.conf',
                      help='print the nginx configuration of the target')
    what.add_argument('--print-unit', dest='template', choices=UNITS,
                      metavar='UNIT', help='print a systemd unit of the '
                      f'target: {", ".join(UNITS)}')
    parser.add_argument('--server-name', metavar='NAME', default='_',
                        help='host name of the site in the nginx '
                        'configuration; default: any')
    parser.add_argument('--if-newer', action='store_true',
                        help='skip if the live release already contains the '
                        'commit, or if the commit was rolled back')
    add_target_options(parser)


def run(options: argparse.Namespace) -> int:
    target = target_of(options)
    if options.template:
        sys.stdout.write(render(options.template, target,
                                options.server_name))
        return 0
    print(deploy_revision(target, options.revision, options.if_newer))
    return 0
