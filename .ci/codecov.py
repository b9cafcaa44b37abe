"""Upload each cell's coverage to Codecov, flagged by Python and platform.

Arguments go to codecovcli, before its command; ``-u URL`` sends it all there.
"""
import os
import subprocess
import sys
from pathlib import Path


def main(arguments: list[str]) -> None:
    """Upload; nothing without a token, which a fork's runs do not get."""
    if not os.environ.get('CODECOV_TOKEN'):
        print('CODECOV_TOKEN is empty: nothing is uploaded.')
        return
    for report in sorted(Path('results').glob('*/coverage.xml')):
        flags = report.parent.name.split('-')[1:]
        upload = subprocess.run([
            'codecovcli', '--disable-telem', *arguments, 'upload-coverage',
            '--fail-on-error', '--git-service', 'github', '--plugin', 'noop',
            '--disable-search', '--file', str(report),
            '--name', report.parent.name,
            *(word for flag in flags for word in ('--flag', flag)),
        ])
        if upload.returncode:
            sys.exit(f'codecov: {report} was not uploaded\n'
                     'to mend it: see what codecovcli says above')


if __name__ == '__main__':
    main(sys.argv[1:])
