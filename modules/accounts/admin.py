"""The admin whom the settings name."""

from __future__ import annotations

from app import Lifecycle, Logger

from .contract import ADMIN, Account, EmailTaken
from .domain import Clock, check_chosen, check_email, new_id
from .passwords import Passwords
from .settings import AccountSettings
from .storage import AccountStore

SECTION = "modules.accounts"
NAME = "Administrator"


class Admin:
    """Sees to it at the start that there is this account, with this password and this role."""

    def __init__(
        self,
        store: AccountStore,
        passwords: Passwords,
        settings: AccountSettings,
        clock: Clock,
        log: Logger,
        lifecycle: Lifecycle,
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._settings = settings
        self._clock = clock
        self._log = log
        if settings.admin_email:
            lifecycle.hook(start=self.seed)

    async def seed(self) -> None:
        """Make or update it. Raises InvalidAccount naming the setting that is wrong."""
        said = self._settings
        email, password = said.admin_email, said.admin_password.reveal() if said.admin_password else ""
        least, most = said.shortest_password, said.longest_password
        check_email(email, f"{SECTION}.admin_email")
        check_chosen(password, least, most, email=email, name=NAME, field=f"{SECTION}.admin_password")
        kept = await self._store.find(email)
        if kept is None:
            account = Account(new_id(), email, NAME, self._clock.now(), (ADMIN,))
            try:
                await self._store.add(account, await self._passwords.hash(password))
            except EmailTaken:  # by a replica that starts at the same time, from the same settings
                return
            self._log.info("the admin has an account now", account_id=account.account_id)
            return
        account = kept.account
        if not await self._passwords.fits(password, kept.password_hash):
            new = await self._passwords.hash(password)
            if await self._store.replace_hash(account.account_id, kept.password_hash, new):
                self._log.warning("the admin has another password now", account_id=account.account_id)
        if ADMIN not in account.roles:
            await self._store.set_roles(account.account_id, (*account.roles, ADMIN))
            self._log.warning("an account has become the admin's", account_id=account.account_id)
