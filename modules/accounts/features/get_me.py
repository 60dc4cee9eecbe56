"""Tells who is signed in."""

from __future__ import annotations

from ..contract import Account, Accounts
from ..domain import signed_in
from ..storage import AccountStore


class GetMe(Accounts):
    """Answers `get_me`."""

    def __init__(self, store: AccountStore) -> None:
        self._store = store

    async def get_me(self) -> Account:
        return (await self._store.get(signed_in())).account
