"""What a process keeps in its data folder for the others of its deployment, closed to everybody else."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ..telling.refusals import Refused
from ..telling.refusals.running import FolderUnusable


def kept_key(path: Path) -> bytes:
    """The key in a file; made whole or not at all, whoever comes first. Raises Refused (FolderUnusable)."""
    with _usable(path.parent):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f"{path.name}.{os.getpid()}")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(32))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass  # another process was faster: its key counts
            finally:
                draft.unlink()
        return path.read_bytes()


def closed_folder(folder: Path) -> None:
    """Make a folder for sockets that nobody but this user can enter. Raises Refused (FolderUnusable), also where it
    is there and somebody else's: in a place that all may write to, such as /tmp, that could be a trap."""
    with _usable(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or (hasattr(os, "getuid") and found.st_uid != os.getuid()):
            raise Refused([FolderUnusable(folder=str(folder), why="it belongs to somebody else")])
        folder.chmod(0o700)


@contextmanager
def _usable(folder: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise Refused([FolderUnusable(folder=str(folder), why=why)]) from None
