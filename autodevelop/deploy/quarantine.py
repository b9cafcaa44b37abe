"""Git keeps what is pushed apart until it accepts the push."""
from collections.abc import Iterator
from contextlib import contextmanager

from autodevelop.errors import AutodevelopError
from autodevelop.system.git import Repository, git_line, reason
from autodevelop.system.process import run


@contextmanager
def out_of_quarantine(repository: Repository, commit: str) -> Iterator[None]:
    """Copy a commit's objects out of the quarantine of the push, for a while.

    Git refuses to update refs and to add work trees there:
    https://git-scm.com/docs/git-receive-pack#_quarantine_environment
    It moves the objects itself when the push is accepted.
    """
    packs = repository.common / 'objects/pack'
    refs = git_line(repository, 'for-each-ref', '--format=^%(objectname)')
    before = {*packs.glob('pack-*')}
    # For a while: neither worth deltas nor compression.
    done = run(['git', 'pack-objects', '--quiet', '--revs', '--window=0',
                '--compression=0', str(packs / 'pack')], {},
               input=f'{commit}\n{refs}\n'.encode())
    if done.status:
        raise AutodevelopError(
            f'cannot store the pushed objects: {reason(done.messages)}',
            'free some space on the server, and push again', status=1)
    name = f'pack-{done.output.decode().strip()}.'
    try:
        yield
    finally:
        for path in {*packs.glob(f'{name}*')} - before:
            path.unlink()
