"""How cells share jobs."""
from collections import Counter

from autodevelop.ci.jobs import Job, make_jobs
from autodevelop.matrix.plan import Cell

PLATFORMS = ['linux', 'macos', 'windows', None]
CELLS = [Cell(f'cell {number:04}', 'cell', '', None,
              PLATFORMS[number % 4], ('ci',), True, None, f'cell-{number:04}')
         for number in range(1000)]


def load(job: Job, durations: dict[str, float]) -> float:
    return sum(durations[name] for name in job.sessions)


def test_a_cell_is_a_job_until_there_are_too_many() -> None:
    assert make_jobs(CELLS[:4], 4) == [
        Job(cell.session, cell.slug, cell.platform or 'linux',
            (cell.session,)) for cell in CELLS[:4]]


def test_a_thousand_cells_fill_the_jobs_and_none_is_lost() -> None:
    for durations in (None, {}, {CELLS[0].session: 3.0}):
        jobs = make_jobs(CELLS, 200, durations)
        assert len(jobs) == len({job.slug for job in jobs}) == 200
        assert Counter(name for job in jobs for name in job.sessions) == {
            cell.session: 1 for cell in CELLS}
        assert {len(job.sessions) for job in jobs} == {5}
        assert jobs[0].name.endswith(' and 4 more')
        assert jobs[0].slug.endswith('-and-4-more')


def test_a_job_is_for_one_platform() -> None:
    platforms = {cell.session: cell.platform or 'linux' for cell in CELLS}
    for job in make_jobs(CELLS, 200, {}):
        assert {platforms[name] for name in job.sessions} == {job.platform}


def test_neighbours_by_name_share_a_job_whatever_their_order() -> None:
    jobs = make_jobs(CELLS, 200)
    assert make_jobs(CELLS[::-1], 200)[0].sessions in [
        job.sessions for job in jobs]
    linux = [cell.session for cell in CELLS if cell.platform == 'macos']
    assert [name for job in jobs if job.platform == 'macos'
            for name in job.sessions] == linux


def test_jobs_take_about_equally_long() -> None:
    durations = {cell.session: 1.0 + number % 97
                 for number, cell in enumerate(CELLS)}
    loads = [load(job, durations)
             for job in make_jobs(CELLS, 200, durations)]
    assert max(loads) < 1.1 * sum(loads) / len(loads)


def test_the_longest_cell_has_a_job_of_its_own() -> None:
    durations = {CELLS[8].session: 10_000.0}
    durations |= {cell.session: 1.0 for cell in CELLS[100:]}
    jobs = make_jobs(CELLS, 200, durations)
    assert (CELLS[8].session,) in [job.sessions for job in jobs]
