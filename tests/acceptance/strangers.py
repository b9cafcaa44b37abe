"""Three small projects, as strangers to autodevelop have them."""
from collections.abc import Mapping
from typing import NamedTuple

NOXFILE = """\
import nox


@nox.session(python=False, tags=['ci'])
def tests(session):
    with open('%s') as file:
        if 'fault' in file.read():
            session.error('a fault')
"""


class Stranger(NamedTuple):
    """A project.

    main: the file that changes.
    requirements: what it needs, locked with hashes.
    url: where nginx answers; it has a page that adds a row, if it has rows.
    rows: whether the application stores something.
    """

    main: str
    requirements: str
    files: Mapping[str, str]
    url: str = 'http://127.0.0.1/'
    websocket: str = ''
    rows: bool = True


DJANGO = Stranger('shop/urls.py', 'django gunicorn whitenoise', {
    'manage.py': """\
import os
import sys

from django.core.management import execute_from_command_line

os.environ['DJANGO_SETTINGS_MODULE'] = 'shop.settings'
execute_from_command_line(sys.argv)
""",
    'shop/__init__.py': '',
    'shop/settings.py': """\
import os
from pathlib import Path

BASE_DIR = Path(__file__).parent.parent
SECRET_KEY = os.environ['SECRET_KEY']
ALLOWED_HOSTS = ['shop.example.org']
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')
INSTALLED_APPS = ['stock', 'django.contrib.staticfiles']
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware',
              'whitenoise.middleware.WhiteNoiseMiddleware']
ROOT_URLCONF = 'shop.urls'
DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3',
                         'NAME': BASE_DIR / 'db.sqlite3'}}
STATIC_URL = 'static/'
STATIC_ROOT = BASE_DIR / 'static'
""",
    'shop/wsgi.py': """\
import os

from django.core.wsgi import get_wsgi_application

os.environ['DJANGO_SETTINGS_MODULE'] = 'shop.settings'
application = get_wsgi_application()
""",
    'shop/urls.py': """\
import os

from django.http import JsonResponse
from django.urls import path

from stock.models import Item


def answer(request):
    return JsonResponse({'release': os.environ['AUTODEVELOP_RELEASE'],
                         'rows': Item.objects.count()})


def add(request):
    Item.objects.create()
    return answer(request)


urlpatterns = [path('', answer), path('healthz', answer), path('add', add)]
""",
    'stock/__init__.py': '',
    'stock/models.py': """\
from django.db import models


class Item(models.Model):
    id = models.AutoField(primary_key=True)
""",
    'stock/migrations/__init__.py': '',
    'stock/migrations/0001_initial.py': """\
from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [migrations.CreateModel('Item', [
        ('id', models.AutoField(primary_key=True))])]
""",
    'stock/static/shop.css': 'body { color: green }\n',
    'pyproject.toml': """\
[tool.autodevelop.deploy]
application = "shop.wsgi:application"
release = "python manage.py migrate && python manage.py \
collectstatic --noinput"
shared = ["db.sqlite3"]
""",
}, 'https://shop.example.org/')

FLASK = Stranger('app.py', 'flask gunicorn', {
    'app.py': """\
import os
import sqlite3

from flask import Flask

app = Flask(__name__)


def query(text):
    with sqlite3.connect('data.sqlite3', timeout=20) as database:
        return database.execute(text).fetchall()


query('CREATE TABLE IF NOT EXISTS items (id INTEGER PRIMARY KEY)')


@app.get('/')
@app.get('/healthz')
def answer():
    return {'release': os.environ['AUTODEVELOP_RELEASE'],
            'rows': len(query('SELECT * FROM items'))}


@app.get('/add')
def add():
    query('INSERT INTO items DEFAULT VALUES')
    return answer()
""",
    'pyproject.toml': """\
[tool.autodevelop.deploy]
application = "app:app"
shared = ["data.sqlite3"]
"""})

FASTAPI = Stranger('app.py', 'fastapi gunicorn uvicorn-worker websockets', {
    'app.py': """\
import os

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.get('/')
@app.get('/healthz')
def answer():
    return {'release': os.environ['AUTODEVELOP_RELEASE']}


@app.websocket('/talk')
async def talk(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.receive_text()
            await websocket.send_json(answer())
    except WebSocketDisconnect:
        pass
""",
    'gunicorn.conf.py': "worker_class = 'uvicorn_worker.UvicornWorker'\n",
    'pyproject.toml': """\
[tool.autodevelop.deploy]
application = "app:app"
"""}, websocket='ws://127.0.0.1/talk', rows=False)

STRANGERS = {'Django': DJANGO, 'Flask': FLASK, 'FastAPI': FASTAPI}
