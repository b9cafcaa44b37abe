"""nginx in front of a site."""
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.site import Site, make_template

NGINX = shutil.which('nginx', path='/usr/sbin:/usr/bin:/usr/local/bin')


@contextmanager
def serve_in_front(environments: Path | None = None) -> Iterator[Site]:
    """A site with nginx in front of it.

    environments: what other sites run on.
    """
    with tempfile.TemporaryDirectory() as folder:
        # nginx answers as a user of its own.
        Path(folder).chmod(0o755)
        site = Site(Path(folder), environments or Path(folder, 'environments'),
                    make_template(Path(folder, 'template')))
        with socket.create_server(('127.0.0.1', 0)) as free:
            port = free.getsockname()[1]
        front = f'http://127.0.0.1:{port}/healthz'
        site.target = site.target._replace(proxy_url=front)
        nginx = start_nginx(site, Path(folder, 'nginx'), port)
        try:
            yield site
        finally:
            nginx.terminate()
            nginx.wait()
            site.close()


def start_nginx(site: Site, folder: Path,
                port: int) -> 'subprocess.Popen[bytes]':
    folder.mkdir()
    front = site.run('deploy', '--print-nginx')
    (folder / 'nginx.conf').write_text(
        f'daemon off; pid {folder}/pid; worker_processes 1;\n'
        'events { worker_connections 256; }\nhttp { access_log off;\n'
        + front.replace('listen 80', f'listen 127.0.0.1:{port}') + '}\n')
    assert NGINX
    return subprocess.Popen([NGINX, '-p', str(folder), '-c', 'nginx.conf',
                             '-e', str(folder / 'error.log')])


def port_of(site: Site) -> int:
    return int(site.target.proxy_url.split(':')[2].partition('/')[0])
