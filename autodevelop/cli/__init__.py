"""The commands, one module each: its options and its body.

A module is imported by the name of its command, so that no command waits for
the imports of another, and no hook for argparse. It has

- ``EXAMPLE``, a command line for its --help;
- ``run(options)``, which returns the exit status;
- perhaps ``add_options(parser)``;
- perhaps ``INTERMIXED``: options may stand between positional arguments.
"""
COMMANDS = {
    'init': 'set up hooks and CI in this repository',
    'new': 'start a project with hooks and CI, around a small service',
    'doctor': 'find problems in this repository, and say how to fix them',
    'plan': 'list the cells of the noxfile and where each runs',
    'check': 'run the cells of a stage on a commit, in a clean room',
    'run': 'run cells in the work tree, as a CI job does',
    'hooks': 'install, uninstall or show the git hooks',
    'rooms': 'list the clean rooms of all repositories, or remove some',
    'ci': 'write the CI files, or check that they are up to date',
    'schema': 'print a JSON schema of the settings, for editors',
    'report': 'show the results of one or more runs of nox',
    'history': 'list the runs that the ledger remembers, newest first',
    'coverage': 'combine the coverage of all cells and report it',
    'sign': 'sign that all cells passed, for a server that trusts CI',
    'deploy': 'check a commit, serve it beside the live release, and switch',
    'deploy status': 'show which release is live and whether it answers',
    'deploy releases': 'list the attempts to deploy, newest first',
    'deploy rollback': 'roll back to an earlier release',
    'deploy start': 'start the live release if it does not answer',
    'deploy retry': 'deploy the tip of the main branch again',
    'deploy logs': 'print the log of the live release, or of another one',
    'deploy env': 'set, list or unset variables of the application',
    'deploy exec': 'run a command in the environment of the live release',
    'deploy abort': 'abort the deploy that is running',
    'webhook': 'receive the webhooks of a forge and deploy what was merged',
    'health': 'show whether a service is up, and which release answers',
    'hook': 'run a git hook (called by the scripts that git runs)',
}
"""What each command does, for --help; its module has the same name."""
