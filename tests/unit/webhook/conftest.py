"""The listener of a server that deploys."""
import sys

if sys.platform == 'win32':  # only on windows
    collect_ignore_glob = ['*']  # Deploys need Unix sockets and signals.
