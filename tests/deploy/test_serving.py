"""How gunicorn ends."""
from autodevelop.deploy import serving
from tests.site import APPLICATION, Site

ENDS = """\
import atexit
import gc
import time

BEGAN_WITH = gc.get_freeze_count()


def note():
    with open({path!r}, 'a') as file:
        print(BEGAN_WITH, gc.get_freeze_count(), time.monotonic(), file=file)


atexit.register(note)
"""


def test_workers_end_one_after_the_other_with_little_to_do(
        site: Site) -> None:
    ends = site.target.folder / 'ends'
    site.run('deploy', site.change(
        'ends', small=ENDS.format(path=str(ends)) + APPLICATION))
    live = site.target.live()
    assert live
    serving.end(site.target, [live], 10)
    first, second = (tuple(map(float, line.split()))
                     for line in ends.read_text().splitlines())
    for began_with, ended_with, _ in (first, second):
        assert 0 < began_with < ended_with
    assert second[2] - first[2] > 0.05
