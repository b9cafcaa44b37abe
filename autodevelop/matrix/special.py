"""Settings whose values are more than text: each is checked."""
import re
from typing import Any

from autodevelop.matrix.patterns import find_defect
from autodevelop.matrix.values import (
    Check, check_names, names_among, names_like, table_of, text_like, wrong,
    wrong_type,
)

STAGES = ('pre-commit', 'pre-push', 'ci', 'deploy')
PLATFORMS = ('linux', 'macos', 'windows')
ENVIRONMENTS = ('production', 'staging')

BRANCH = re.compile(r'[\w*][\w./*?+-]*')
WORKFLOW = re.compile(r'\.github/workflows/[\w.-]+\.ya?ml')
# They are written into shell commands, in double quotes.
REQUIREMENT = re.compile(r'[\w.,\[\]<>=!~ -]+')
TOOL = re.compile(
    r'\.|\d[\w.+!]*|[\w./-]+\.whl|(git\+)?(https|ssh|file)://[\w.@:/#=&%+~-]+')

PLAIN = ('a plain name',
         'use only letters, digits, the wildcards * and ? and ./_+-')


def check_commits(key: str, value: Any) -> str:
    if value in ('tip', 'each'):
        return str(value)
    raise wrong_type(key, value, 'tip or each', '"each"')


def patterns(example: str) -> Check:
    """Check patterns for files."""
    def check(key: str, value: Any) -> tuple[str, ...]:
        names = check_names(key, value)
        if defect := find_defect(names):
            raise wrong(f'has {defect} in {key}',
                        f'write {key.rpartition(".")[2]} = ["{example}"]')
        return names
    return check


check_branch = text_like(BRANCH, *PLAIN)
check_branches = names_like(BRANCH, *PLAIN)
check_environments = names_among(ENVIRONMENTS, 'environment')
check_files = table_of(patterns('*.py'))
check_platforms = table_of(names_among(PLATFORMS, 'platform'))
check_projects = patterns('packages/*')
check_requirements = names_like(REQUIREMENT, 'names of packages',
                                'write with = ["nox-poetry"]')
check_stages = table_of(check_names, STAGES)
check_tool = text_like(
    TOOL, 'a version, a URL or a wheel',
    'write tool = "git+https://example.org/autodevelop@COMMIT"')
check_workflow = text_like(WORKFLOW, 'the path of a workflow',
                           'write github = ".github/workflows/nox.yml"')
