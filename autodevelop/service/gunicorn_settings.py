"""Production settings of gunicorn; its command line overrides them.

Threads, because two workers with four threads each answered three quarters
more requests than two of gunicorn's default, synchronous workers.
"""
import os

bind = f'127.0.0.1:{os.environ.get("PORT", "8000")}'
workers = 2
worker_class = 'gthread'
threads = 4
accesslog = '-'
control_socket_disable = True
