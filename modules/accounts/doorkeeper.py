"""Checks the password of whoever wants in, as often as tries are left."""

from __future__ import annotations

from .passwords import Passwords
from .storage import Kept
from .tries import Tries


class Doorkeeper:
    """Lets in who knows the password."""

    def __init__(self, passwords: Passwords, tries: Tries) -> None:
        self._passwords = passwords
        self._tries = tries

    async def knows(self, email: str, kept: Kept | None, password: str) -> bool:
        """Whether this is the account's password. Takes as long where there is no account. Raises TooManyTries."""
        await self._tries.check(email)
        # Again when it is their turn: of many who guess at once, none makes work after the last try that was left.
        hash = kept.password_hash if kept else None
        if not await self._passwords.fits(password, hash, lambda: self._tries.check(email)):
            await self._tries.failed(email)
            return False
        if await self._tries.check(email):  # again: many may have guessed at once, and this be one guess too many
            await self._tries.forget(email)
        return True
