"""Do all workers of an attempt answer, and go on doing so?

On the socket of the attempt any worker answers for all of them, while another
may still fail to start, which ends gunicorn and all of its workers.
"""
import json
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from autodevelop.deploy.health import (
    DYING, EXITED, INTERVAL, TO_HTTPS, Health, advise, ask,
    wait_until_healthy,
)
from autodevelop.deploy.history import Attempt
from autodevelop.deploy.processes import has_exited
from autodevelop.deploy.target import Target
from autodevelop.errors import AutodevelopError
from autodevelop.matrix.tables import Deploy
from autodevelop.system.output import say

LOCAL = re.compile(r'unix:|https?://(?:127\.|localhost\b)')
"""A URL that does not say by which name the application is known."""

MIN_TIMEOUT = 0.5
"""Seconds for an answer to the last question."""

DEATHS = 3
"""How often each worker may exit, on average, after one has loaded the
application. gunicorn would start others for ever."""


def read_ready(target: Target, number: int) -> dict[str, Any]:
    """What gunicorn wrote when it was ready to start workers; empty before.

    workers: how many there are to be.
    graceful_timeout: seconds that it gives requests to finish when it stops.
    """
    try:
        read: dict[str, Any] = json.loads(
            (target.run(number) / 'ready').read_text('utf-8'))
    except FileNotFoundError:
        return {}
    return read


def seconds_loaded(target: Target, number: int) -> float:
    """For how long all workers of an attempt have had the application.

    Each writes the file when it has loaded it.
    """
    loaded = target.run(number) / 'host'
    return max(0, time.time() - loaded.stat().st_mtime) if (
        loaded.exists()) else 0


def health_host(target: Target, number: int, settings: Deploy,
                url: str) -> str:
    """The name to ask an attempt by: the setting, or one that it accepts."""
    own = target.run(number) / 'host'
    if settings.health_host or not LOCAL.match(url) or not own.exists():
        return settings.health_host
    return own.read_text('utf-8')


def require_workers(target: Target, attempt: Attempt, settings: Deploy,
                    settle: float = 0) -> None:
    """Raise AutodevelopError, with status 1, unless all workers answer."""
    _require(attempt, f'unix:{target.run(attempt.number) / "sock"}:'
             f'{settings.health}', wait_for_workers(
                 target, attempt.number, attempt.release, settings, settle))


def require_front(target: Target, attempt: Attempt, settings: Deploy) -> None:
    """Raise AutodevelopError, with status 1, unless the front answers."""
    _require(attempt, *wait_for_front(
        target, attempt.number, attempt.release, settings, settings.patience))


def _require(attempt: Attempt, url: str, health: Health) -> None:
    if health.problem:
        raise AutodevelopError(
            f'release {attempt.release[:12]} did not go live: {url}: '
            f'{health.problem}',
            f'{advise(health)}; the previous release keeps serving',
            status=1)


def wait_for_front(target: Target, number: int, release: str,
                   settings: Deploy, timeout: float) -> tuple[str, Health]:
    """Ask where clients do: the proxy, or the live socket without one.

    A proxy that only redirects to HTTPS cannot say which release answers.

    Returns the URL, too.
    """
    live = f'unix:{target.current}:{settings.health}'
    url = target.proxy_url or live
    if url.startswith('http:') and TO_HTTPS in ask(
            url, release, timeout,
            health_host(target, number, settings, url)).problem:
        say(f'{url} redirects to HTTPS; to ask there: git config '
            'autodevelop.proxyUrl https://HOST/PATH')
        url = live
    return url, wait_until_healthy(
        url, release, timeout, has_exited(target, number),
        health_host(target, number, settings, url))


def wait_for_workers(target: Target, number: int, release: str,
                     settings: Deploy, settle: float = 0) -> Health:
    """Ask each worker until all are healthy, and stay so for some seconds.

    The patience counts twice: for the first to load the application, and for
    all to answer. It ends early when workers exit again and again.
    """
    end = time.monotonic() + settings.patience
    loaded: Path | None = target.run(number) / 'host'
    exited = has_exited(target, number)
    since, before, gone = 0.0, list[Path](), set[Path]()
    while True:
        health, workers = _ask_all(
            target, number, release, settings, end - time.monotonic())
        now = time.monotonic()
        if loaded and loaded.exists():
            # The others start to load it when the first worker has.
            loaded, end = None, now + settings.patience
        elif not loaded:
            gone |= {*before} - {*workers}
        if health.problem or workers != before:
            since = now
        before = workers
        if not health.problem and now >= since + settle:
            return health
        if len(gone) >= DEATHS * _wanted(target, number, settings):
            return Health(None, None, DYING)
        # What is healthy at the end may settle.
        if now + INTERVAL >= end and (
                health.problem or now >= end + settle):
            return health._replace(problem=health.problem or DYING)
        if exited():
            return Health(None, None, EXITED)
        # No longer than it takes to settle: 25 ms of a push, on average.
        time.sleep(INTERVAL if health.problem else min(
            INTERVAL, since + settle - now))


def _wanted(target: Target, number: int, settings: Deploy) -> int:
    found: int = read_ready(target, number).get('workers', settings.workers)
    return found


def _ask_all(target: Target, number: int, release: str, settings: Deploy,
             timeout: float) -> tuple[Health, list[Path]]:
    wanted = _wanted(target, number, settings)
    workers = sorted(target.run(number).glob('w[0-9]*'))
    if len(workers) < wanted:
        return Health(None, None, f'{len(workers)} of {wanted} workers have '
                      'started'), workers
    return _worst([f'unix:{path}:{settings.health}' for path in workers],
                  release, max(timeout, MIN_TIMEOUT),
                  health_host(target, number, settings, 'unix:')), workers


def _worst(urls: Sequence[str], release: str, timeout: float,
           host: str) -> Health:
    """Ask side by side: a first request may take long."""
    with ThreadPoolExecutor(len(urls)) as pool:
        every = list(pool.map(lambda url: ask(
            url, release, timeout, host), urls))
    failed = [health for health in every if health.problem]
    if not failed:
        return every[0]
    if len(failed) == len(every):
        return failed[0]
    return failed[0]._replace(
        problem=f'{len(failed)} of {len(every)} workers: '
        f'{failed[0].problem}')
