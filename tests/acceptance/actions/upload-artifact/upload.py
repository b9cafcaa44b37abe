"""What actions/upload-artifact does with a folder or a file, to a folder."""
import os
import shutil
import sys
from pathlib import Path

source = Path(os.environ['FOLDER'])
artifact = Path(os.environ['ACT_ARTIFACTS'], os.environ['NAME'])
hidden = os.environ['HIDDEN'] == 'true'
top = source.parent if source.is_file() else source
files = [
    path for path in sorted([source, *source.rglob('*')]) if path.is_file()
    and (hidden or not any(part.startswith('.')
                           for part in path.relative_to(top).parts))]
if not files:
    sys.exit(os.environ['NO_FILES'] == 'error')
if artifact.exists() and os.environ['OVERWRITE'] == 'true':
    shutil.rmtree(artifact)
if artifact.exists():
    sys.exit(f'an artifact with this name already exists: {artifact.name}')
for path in files:
    target = artifact / path.relative_to(top)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
