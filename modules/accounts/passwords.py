"""Hashes passwords by argon2id (RFC 9106), in threads, few at once."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from base64 import b64encode
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from app import Logger

from .settings import AccountSettings

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")

SALT_BYTES = 16
HASH_BYTES = 32
"""Both as RFC 9106, §4, has them."""


class Passwords:
    """Makes and checks hashes. argon2 is imported when the first one is wanted: most processes never see a password."""

    def __init__(self, settings: AccountSettings, log: Logger) -> None:
        self._settings = settings
        self._log = log
        self._turns = asyncio.Semaphore(settings.hashes_at_once)
        self._nobodys = self._made_up()

    async def hash(self, password: str) -> str:
        """A hash that says itself how it was made."""
        return await self._in_thread(lambda: self._hasher.hash(_normal(password)))

    async def fits(self, password: str, hash: str | None, admit: Callable[[], Awaitable[object]] | None = None) -> bool:
        """Whether a hash was made of this password. None costs the same time and fits nothing.

        admit: asked when it is this one's turn, which may be a while after the call; what it raises spares the work.
        """
        made = hash or self._nobodys
        return await self._in_thread(lambda: self._verify(password, made), admit) and hash is not None

    def outdated(self, hash: str) -> bool:
        """Whether hashes are made in another way by now."""
        return self._hasher.check_needs_rehash(hash)

    def _verify(self, password: str, hash: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

        try:
            return self._hasher.verify(hash, _normal(password))
        except VerifyMismatchError:
            return False
        except (InvalidHashError, VerificationError) as error:
            self._log.error("a password's hash cannot be read", reason=type(error).__name__)
            return False

    async def _in_thread(self, work: Callable[[], T], admit: Callable[[], Awaitable[object]] | None = None) -> T:
        await self._turns.acquire()
        if admit is not None:
            try:
                await admit()
            except BaseException:
                self._turns.release()
                raise
        # A thread cannot be stopped: whoever waits may go, and the turn ends with the thread's work.
        running = asyncio.get_running_loop().run_in_executor(None, work)
        running.add_done_callback(lambda _: self._turns.release())
        return await asyncio.shield(running)

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        said = self._settings
        return PasswordHasher(said.hash_passes, said.hash_memory, said.hash_lanes, HASH_BYTES, SALT_BYTES)

    def _made_up(self) -> str:
        """A hash of nothing: checked where there is no account, so that the answer takes as long as for one."""
        said = self._settings
        salt, digest = (b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (SALT_BYTES, HASH_BYTES))
        return f"$argon2id$v=19$m={said.hash_memory},t={said.hash_passes},p={said.hash_lanes}${salt}${digest}"


def _normal(password: str) -> str:
    """One form for what keyboards type in several (NIST SP 800-63B, §3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
