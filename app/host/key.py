"""The key that the processes of a deployment share: the configured one, or in development one kept in the data folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .folders import kept_key

if TYPE_CHECKING:
    from ..config import Config

FILE = "deployment.key"


def deployment_key(config: Config) -> bytes | None:
    """The key in force, or None: then no principal from another process is believed.

    In development every process that shares a data folder shares a key, so that identity behaves there as it will.
    Raises Refused (FolderUnusable).
    """
    if (configured := config.deployment.key) is not None:
        return configured.reveal().encode()
    if config.environment != "development":
        return None
    return kept_key(config.data_dir / FILE)
