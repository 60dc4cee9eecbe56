"""Gives whoever is signed in another password for the old one."""

from __future__ import annotations

from ..contract import Accounts, PasswordChange, WrongPassword
from ..domain import check_chosen, check_given, signed_in
from ..doorkeeper import Doorkeeper
from ..passwords import Passwords
from ..settings import AccountSettings
from ..storage import AccountStore


class ChangePassword(Accounts):
    """Answers `change_password`."""

    def __init__(
        self, store: AccountStore, doorkeeper: Doorkeeper, passwords: Passwords, settings: AccountSettings
    ) -> None:
        self._store = store
        self._doorkeeper = doorkeeper
        self._passwords = passwords
        self._settings = settings

    async def change_password(self, change: PasswordChange) -> None:
        old, new, said = change.old_password, change.new_password, self._settings
        check_given(old, said.longest_password, "old_password")
        kept = await self._store.get(signed_in())
        email, name = kept.account.email, kept.account.name
        check_chosen(new, said.shortest_password, said.longest_password, email=email, name=name, field="new_password")
        if not await self._doorkeeper.knows(email, kept, old):
            raise WrongPassword("old_password")
        hash = await self._passwords.hash(new)
        if not await self._store.replace_hash(kept.account.account_id, kept.password_hash, hash):
            raise WrongPassword("old_password")  # any more: somebody has just changed it
