"""Opens an account."""

from __future__ import annotations

from ..contract import Account, Accounts, Registration
from ..domain import Clock, check_chosen, check_email, check_name, new_id
from ..passwords import Passwords
from ..settings import AccountSettings
from ..storage import AccountStore


class Register(Accounts):
    """Answers `register`."""

    def __init__(self, store: AccountStore, passwords: Passwords, settings: AccountSettings, clock: Clock) -> None:
        self._store = store
        self._passwords = passwords
        self._settings = settings
        self._clock = clock

    async def register(self, registration: Registration) -> Account:
        email, password, name = registration.email, registration.password, registration.name
        least, most = self._settings.shortest_password, self._settings.longest_password
        check_email(email)
        check_name(name)
        check_chosen(password, least, most, email=email, name=name)
        account = Account(new_id(), email, name, self._clock.now())
        await self._store.add(account, await self._passwords.hash(password))
        return account
