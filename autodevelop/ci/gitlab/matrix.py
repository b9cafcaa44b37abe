"""The child pipeline that runs the cells."""
import re
from collections.abc import Sequence

from autodevelop.ci.gitlab import MOST_JOBS
from autodevelop.ci.jobs import Job, Seconds, make_jobs, measured_cells
from autodevelop.ci.template import render
from autodevelop.matrix.plan import Cell
from autodevelop.matrix.settings import Settings

HELP = 'print the child pipeline of GitLab'
KEYWORDS = frozenset({
    'after_script', 'all cells', 'before_script', 'cache', 'default', 'false',
    'image', 'include', 'nil', 'pages', 'production', 'services', 'spec',
    'stages', 'true', 'types', 'variables', 'workflow'})
"""Names that a job cannot have, and the name of the last job."""


def plan(cells: Sequence[Cell], settings: Settings,
         durations: Seconds) -> str:
    """Render the child pipeline: a job for each cell, and the last one."""
    before = measured_cells(cells, settings)
    jobs = [job._replace(name=_job_name(job))
            for job in make_jobs(before, MOST_JOBS, durations)]
    return render('gitlab', 'cells.yml.jinja', settings, cells, jobs)


def _job_name(job: Job) -> str:
    """The name, if GitLab accepts it for a job; at most 255 characters."""
    if len(job.name) > 240:
        return job.slug
    reserved = job.name in KEYWORDS or re.match(r'\.|\s|$', job.name)
    return f'cell {job.name}' if reserved else job.name
