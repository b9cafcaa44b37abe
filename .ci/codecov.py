"""Upload each cell's coverage to Codecov, flagged by Python and platform.

The session ``coverage`` leaves all of it combined, which is not uploaded.

Arguments go to codecovcli, before its command; ``-u URL`` sends it all there.
"""
import os
import subprocess
import sys
from pathlib import Path

PATIENCE = float(os.environ.get('UPLOAD_SECONDS', '120'))
"""Seconds that one report may take."""


def main(arguments: list[str]) -> None:
    """Upload; nothing without a token, which a fork's runs do not get."""
    if not os.environ.get('CODECOV_TOKEN'):
        print('CODECOV_TOKEN is empty: nothing is uploaded.')
        return
    for report in sorted(Path('.autodevelop').glob('*/coverage.xml')):
        session, *flags = report.parent.name.split('-')
        if session == 'coverage':
            continue
        try:
            subprocess.run([
                'codecovcli', '--disable-telem', *arguments, 'upload-coverage',
                '--fail-on-error', '--git-service', 'github',
                '--plugin', 'noop', '--disable-search', '--file', str(report),
                '--name', report.parent.name,
                *(word for flag in flags or [session]
                  for word in ('--flag', flag)),
            ], check=True, timeout=PATIENCE)
        except subprocess.SubprocessError as error:
            slow = isinstance(error, subprocess.TimeoutExpired)
            sys.exit(f'error: {report} was not uploaded'
                     + f' in {PATIENCE:.0f} s' * slow
                     + '\nhint: see what codecovcli says above')


if __name__ == '__main__':
    main(sys.argv[1:])
