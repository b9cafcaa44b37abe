"""What sessions changed in a room."""
import os

from autodevelop.checks.mtimes import bump_mtimes, settle
from autodevelop.checks.room import Room
from autodevelop.errors import AutodevelopError
from autodevelop.system.git import git, git_line, git_unchecked, split_names


def tree_of(room: Room, tree: str) -> str:
    """Write the tree that the room has now; ``tree`` is what was checked out.

    Untracked and deleted files are not part of it. Files that a session
    changed get a new mtime, so that later sessions notice the change.
    """
    if not room.repository.git_dir.is_dir():
        raise AutodevelopError(
            f'the room was removed during the check: {room.folder}',
            'retry; the room is created again', status=1)
    listed = split_names(git(
        room.repository, 'diff-index', '--name-only', '-z',
        '--diff-filter=a', '--ignore-submodules=all', tree))
    if not listed:
        settle(room.stamp, tree)
        return tree
    # Python rewrites a committed .pyc; that is not an edit.
    changed = [name for name in listed if not name.endswith('.pyc')
               and not _as_checked_out(room, tree, name)]
    if not changed:
        return tree
    # Before git adds them: its index records the mtimes, too.
    bump_mtimes(room.repository, room.stamp, changed)
    # A session may have added files; their objects are in the room alone.
    git(room.repository, '-c', 'core.sparseCheckout=false', 'read-tree',
        '--reset', tree)
    # To the user's objects, which the commit is made of.
    theirs = room.repository._replace(
        objects=room.origin.common / 'objects')
    git(theirs, '--literal-pathspecs', 'add', '--update', '--sparse',
        '--pathspec-from-file=-', '--pathspec-file-nul',
        input=os.fsencode('\0'.join(changed)))
    return git_line(theirs, 'write-tree')


def _as_checked_out(room: Room, tree: str, name: str) -> bool:
    """Whether a file is as git wrote it, even if not as git would add it.

    With attributes and line endings git sees a change that nobody made.
    """
    path = room.tree / name
    wrote = git_unchecked(room.repository, 'cat-file',
                          '--filters', f'{tree}:{name}')
    mode = git_line(room.repository, '--literal-pathspecs', 'ls-tree', tree,
                    '--', name)[:6]
    return (wrote.status == 0 and path.is_file() and not path.is_symlink()
            and path.read_bytes() == wrote.output
            and ((mode == '100755') == os.access(path, os.X_OK)
                 or git_line(room.repository, 'config', '--type=bool',
                             '--default=true', 'core.fileMode') == 'false'))
