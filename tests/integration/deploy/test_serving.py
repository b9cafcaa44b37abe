"""How gunicorn ends."""
from autodevelop.deploy import serving
from tests.support.site import APPLICATION, SETTINGS, Site

NOTING = """\
import time

sleep = time.sleep


def note(seconds):
    with open({path!r}, 'a') as file:
        print(seconds, file=file)
    sleep(seconds)


time.sleep = note
"""


def test_workers_end_one_after_the_other(site: Site) -> None:
    pauses = site.target.folder / 'pauses'
    site.write('pyproject.toml', f'{SETTINGS}workers = 2\n')
    site.run('deploy', site.change(
        'note', small=NOTING.format(path=str(pauses)) + APPLICATION))
    live = site.target.live()
    assert live
    serving.stop(site.target, [live], 20)
    assert sorted(pauses.read_text().splitlines()) == ['0.0', '0.1']
