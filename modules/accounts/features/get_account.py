"""Looks an account up."""

from __future__ import annotations

from ..contract import Account, Accounts, NoSuchAccount, is_account, require_owner
from ..storage import AccountStore


class GetAccount(Accounts):
    """Answers `get_account`."""

    def __init__(self, store: AccountStore) -> None:
        self._store = store

    async def get_account(self, account_id: str) -> Account:
        if not is_account(account_id):
            raise NoSuchAccount(account_id[:100])
        require_owner(account_id, "this account")
        return (await self._store.get(account_id)).account
