"""The keys that the processes of a deployment share: the configured ones, or those that are kept in the data folder."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from ..identity.tokens import Tokens
from .folders import kept_key

if TYPE_CHECKING:
    from ..config import Config
    from ..module.settings import Secret

DEVELOPMENT = ("development",)
WITHOUT_SECRETS = ("development", "testing")
"""Where nobody needs to have configured a key for tokens to be issued and believed."""


def deployment_key(config: Config) -> bytes | None:
    """What signs principals between processes, or None: then no principal from another process is believed.

    In development every process that shares a data folder shares a key, so that identity behaves there as it will.
    Raises Refused (FolderUnusable).
    """
    return _key(config, "deployment.key", config.deployment.key, DEVELOPMENT)


def identity_key(config: Config) -> bytes | None:
    """What signs tokens, or None: then no token is believed. Kept like the other, in testing too.

    Raises Refused (FolderUnusable).
    """
    return _key(config, "identity.key", config.identity.key, WITHOUT_SECRETS)


def tokens_of(config: Config) -> Tokens | None:
    """What issues and checks tokens, where there is a key. Raises Refused (FolderUnusable)."""
    key, said = identity_key(config), config.identity
    return None if key is None else Tokens(key, said.issuer, said.audience)


def may_lack_key(config: Config) -> bool:
    """Whether there is no key for tokens, and none will be made."""
    return config.identity.key is None and config.environment not in WITHOUT_SECRETS


def _key(config: Config, name: str, configured: Secret[str] | None, kept: Collection[str]) -> bytes | None:
    if configured is not None:
        return configured.reveal().encode()
    return kept_key(config.data_dir / name) if config.environment in kept else None
