"""What setup.cfg cannot say: where the project is, which a release knows.

With the variable PROJECT_URL the package has that URL, and the links of its
README lead there; an index shows no files of a repository.
"""
import os
import re
from pathlib import Path

from setuptools import setup

URL = os.environ.get('PROJECT_URL', '')
README = Path(__file__).with_name('README.md').read_text('utf-8')
RELATIVE = re.compile(r'(?<=\]\()(?!\w+:|#)(?=[^)]+\))')

if URL:
    setup(long_description=RELATIVE.sub(f'{URL}/blob/HEAD/', README),
          project_urls={
              'Source': URL, 'Issues': f'{URL}/issues',
              'Changelog': f'{URL}/blob/HEAD/CHANGELOG.md',
              'Documentation': f'{URL}/tree/HEAD/docs'})
else:
    setup()
