"""Build the site of docs/ in docs/_build: [--pictures]

After a `make` there is also an example of the page of a report, of that run:
docs/_build/example.html. With --pictures it first draws the terminals that
README.md shows, by doing what docs/start.md says with the autodevelop of
.venv, and then docs/pictures/report.png, of that example.
"""
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pages

# Warnings are errors; all of it is read again, since a page that did not
# change may have a link to one that is gone.
SPHINX = ['sphinx-build', '--quiet', '--fail-on-warning', '--keep-going',
          '--fresh-env', 'docs', 'docs/_build']
PICTURE = Path('docs/pictures/push.svg')
RESULTS = Path('.nox/results.json')
EXAMPLE = Path('docs/_build/example.html')
SCREENSHOT = Path('docs/pictures/report.png')
INSTALL = re.compile(r'(?m)^\$ uv tool install .*\n')
WIDTH = 78
SHOWN = ('git commit', 'git push', 'git revert')
"""How the commands begin that are drawn."""

MAX_LINES = 9
"""Of an output; the middle of a longer one is left out."""


def variables(home: str) -> Mapping[str, str]:
    """An environment with a new home and a person's name."""
    names = {f'GIT_{role}_{what}': text for role in ('AUTHOR', 'COMMITTER')
             for what, text in [('NAME', 'Ada'), ('EMAIL', 'ada@example.org')]}
    path = os.pathsep.join([str(Path('.venv/bin').resolve()),
                            os.environ['PATH']])
    return {**os.environ, **names, 'HOME': home, 'PATH': path,
            'FORCE_COLOR': '1', 'COLUMNS': str(WIDTH),
            'UV_CACHE_DIR': os.environ.get(
                'UV_CACHE_DIR', str(Path.home() / '.cache/uv'))}


def record() -> Sequence[tuple[str, str]]:
    """Run the commands of the page; those to draw, and what they print."""
    page = Path('docs/start.md').read_text('utf-8')
    with TemporaryDirectory() as home:
        ran = [(command.line, output) for command, output in pages.follow(
            INSTALL.sub('', page), Path(home), variables(home))]
    return [(line, shorten(output.replace(home, '~')))
            for line, output in ran if line.startswith(SHOWN)]


def shorten(output: str) -> str:
    """Leave out the middle of a long output."""
    lines = pages.lasting(output).splitlines(keepends=True)
    if len(lines) > MAX_LINES:
        lines[1:1 - MAX_LINES] = ['...\n']
    return ''.join(lines)


def draw(commands: Sequence[tuple[str, str]]) -> str:
    """Draw a terminal, as SVG that fetches no font."""
    import rich.console
    import rich.text
    console = rich.console.Console(
        record=True, width=WIDTH, file=open(os.devnull, 'w'))
    for line, output in commands:
        console.print(f'[bold green]$[/] [bold]{line}[/]', highlight=False)
        console.print(rich.text.Text.from_ansi(output))
    return console.export_svg(title='calc', code_format=TERMINAL)


TERMINAL = """\
<svg xmlns="http://www.w3.org/2000/svg" role="img"
    viewBox="0 0 {width} {height}">
<title>A commit that is fixed, a push that passes, and one that fails</title>
<style>
.{unique_id}-matrix {{ font: {char_height}px ui-monospace, SFMono-Regular,
    Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre }}
{styles}
</style>
<defs>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g></g></svg>
"""


def make_example() -> bool:
    """Make a page of the last run of this repository, if there was one."""
    if not RESULTS.exists():
        return False
    subprocess.run(['.venv/bin/autodevelop', 'report', '--html', EXAMPLE],
                   check=True)
    return True


def photograph() -> None:
    """Take the picture of the example."""
    program = shutil.which('chromium') or shutil.which('google-chrome')
    assert program, 'install a browser: apt-get install chromium'
    subprocess.run([
        program, '--headless=new', '--no-sandbox', '--hide-scrollbars',
        '--window-size=1000,1100', '--blink-settings=preferredColorScheme=1',
        f'--screenshot={SCREENSHOT.resolve()}', EXAMPLE.resolve().as_uri()],
        check=True)


def main(arguments: Sequence[str]) -> int:
    """Return the exit status of sphinx-build."""
    if '--pictures' in arguments:
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_text(draw(record()), 'utf-8', newline='\n')
    status = subprocess.run(SPHINX).returncode
    if not status and make_example() and '--pictures' in arguments:
        photograph()
    return status


if __name__ == '__main__':
    raise SystemExit(main(sys.argv[1:]))
