"""Serve in production: gunicorn, or waitress where that cannot run."""
import sys


def main() -> None:
    """Serve on 127.0.0.1:8000 until stopped.

    Arguments go to the server: gunicorn's are added to its settings (so that
    ``--bind`` changes the address; the variable ``PORT`` changes the port),
    waitress's replace the address above.
    """
    if sys.platform == 'win32':
        from waitress.runner import run
        sys.argv[1:] = sys.argv[1:] or ['--listen=127.0.0.1:8000']
        sys.argv += ['--call', 'autodevelop.service:create_app']
    else:
        from gunicorn.app.wsgiapp import run
        settings = 'python:autodevelop.service.gunicorn_settings'
        sys.argv[1:1] = ['--config', settings]
        sys.argv.append('autodevelop.service:create_app()')
    run()


if __name__ == '__main__':
    main()
