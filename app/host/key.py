"""The key that the processes of a deployment share: the configured one, or in development one kept in the data folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..config import Config

FILE = "deployment.key"


def deployment_key(config: Config) -> bytes | None:
    """The key in force, or None: then no principal from another process is believed.

    In development every process that shares a data folder shares a key, so that identity behaves there as it will.
    """
    if (configured := config.deployment.key) is not None:
        return configured.reveal().encode()
    if config.environment != "development":
        return None
    return _kept(config.data_dir / FILE)


def _kept(path: Path) -> bytes:
    """The file's content; made whole or not at all, whoever comes first."""
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
