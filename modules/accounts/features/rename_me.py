"""Gives whoever is signed in another name."""

from __future__ import annotations

from ..contract import Account, Accounts
from ..domain import check_name, signed_in
from ..storage import AccountStore


class RenameMe(Accounts):
    """Answers `rename_me`."""

    def __init__(self, store: AccountStore) -> None:
        self._store = store

    async def rename_me(self, name: str) -> Account:
        check_name(name)
        return await self._store.rename(signed_in(), name)
