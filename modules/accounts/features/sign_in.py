"""Lets somebody in, and takes along what they put into their cart before."""

from __future__ import annotations

from app import Failure, Logger, Principal, Tokens, acting, deadline
from modules.cart.contract import Carts

from ..contract import Accounts, Credentials, Session, WrongCredentials
from ..domain import check_email, check_given
from ..doorkeeper import Doorkeeper
from ..passwords import Passwords
from ..settings import AccountSettings
from ..storage import AccountStore


class SignIn(Accounts):
    """Answers `sign_in`."""

    def __init__(
        self,
        store: AccountStore,
        doorkeeper: Doorkeeper,
        passwords: Passwords,
        settings: AccountSettings,
        tokens: Tokens,
        carts: Carts,
        log: Logger,
    ) -> None:
        self._store = store
        self._doorkeeper = doorkeeper
        self._passwords = passwords
        self._settings = settings
        self._tokens = tokens
        self._carts = carts
        self._log = log

    async def sign_in(self, credentials: Credentials) -> Session:
        email, password = credentials.email, credentials.password
        check_email(email)
        check_given(password, self._settings.longest_password)
        kept = await self._store.find(email)
        if not await self._doorkeeper.knows(email, kept, password) or kept is None:
            raise WrongCredentials
        account = kept.account
        if self._passwords.outdated(kept.password_hash):
            hash = await self._passwords.hash(password)
            await self._store.replace_hash(account.account_id, kept.password_hash, hash)
        principal = Principal(account.account_id, frozenset(account.roles))
        if credentials.cart:
            await self._take_over(credentials.cart, principal)
        seconds = self._settings.token_seconds
        return Session(self._tokens.issue(principal, seconds), seconds, account.account_id)

    async def _take_over(self, cart: str, principal: Principal) -> None:
        try:
            with deadline(self._settings.cart_seconds), acting(principal):
                await self._carts.take_over(cart, principal.subject)
        except Failure as failure:  # nobody is kept outside for the sake of a cart, whose id is its shopper's secret
            self._log.warning("a cart was not taken over", account_id=principal.subject, reason=failure.kind)
