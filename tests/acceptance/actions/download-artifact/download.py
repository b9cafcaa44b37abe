"""What actions/download-artifact does with a pattern, from a folder."""
import os
import shutil
from pathlib import Path

target = Path(os.environ['FOLDER'])
merge = os.environ['MERGE'] == 'true'
artifacts = Path(os.environ['ACT_ARTIFACTS'])
for artifact in sorted(artifacts.glob(os.environ['PATTERN'])):
    shutil.copytree(artifact, target if merge else target / artifact.name,
                    dirs_exist_ok=True)
