"""The whole of the accounts module, put together by hand over either database, with a clock that stands still."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app import Principal, Tokens, principal
from app.config.sections import Database as Section
from app.storing.pools import Pools
from modules.accounts.admin import Admin
from modules.accounts.contract import Account, Credentials, PasswordChange, Registration, Session
from modules.accounts.domain import Clock
from modules.accounts.doorkeeper import Doorkeeper
from modules.accounts.features.change_password import ChangePassword
from modules.accounts.features.get_account import GetAccount
from modules.accounts.features.get_me import GetMe
from modules.accounts.features.register import Register
from modules.accounts.features.rename_me import RenameMe
from modules.accounts.features.sign_in import SignIn
from modules.accounts.passwords import Passwords
from modules.accounts.settings import AccountSettings
from modules.accounts.storage import AccountStore
from modules.accounts.tries import Tries
from modules.cart.contract import Carts

PASSWORD = "correct horse battery staple"  # noqa: S105  # everybody's
QUICK: dict[str, Any] = {"hash_memory": 64, "hash_passes": 1, "hash_lanes": 1}
"""Settings that make hashing cost nothing."""


class Hands(Clock):
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Log:
    """Keeps what is logged."""

    lines: list[str] = field(default_factory=list)

    def __getattr__(self, level: str) -> Callable[..., None]:
        return lambda event, **fields: self.lines.append(f"{level}: {event} {fields}")


class Trolleys(Carts):
    """Carts that remember who took over which."""

    def __init__(self) -> None:
        self.taken: list[tuple[Principal | None, str, str]] = []
        self.trouble: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(0)

    async def take_over(self, from_user_id: str, into_user_id: str) -> None:
        await self.trouble()
        self.taken.append((principal(), from_user_id, into_user_id))


class Starts:
    """A Lifecycle that keeps the hooks."""

    def __init__(self) -> None:
        self.hooks: list[Any] = []

    def hook(self, start: Any = None, stop: Any = None) -> None:
        self.hooks.append(start)


class House:
    """All of the module, as one replica has it."""

    def __init__(self, pools: Pools, clock: Hands, **settings: Any) -> None:
        database = pools.database("accounts")
        self.clock = clock
        self.log: Any = Log()
        self.settings = AccountSettings(**{**QUICK, **settings})
        self.store = AccountStore(database)
        self.tries = Tries(database, self.settings, clock)
        self.passwords = Passwords(self.settings, self.log)
        self.doorkeeper = Doorkeeper(self.passwords, self.tries)
        self.tokens = Tokens(b"k" * 32, clock=lambda: clock.now().timestamp())
        self.carts = Trolleys()
        self.starts: Any = Starts()
        self.admin = Admin(self.store, self.passwords, self.settings, clock, self.log, self.starts)
        self._sign_in = SignIn(
            self.store, self.doorkeeper, self.passwords, self.settings, self.tokens, self.carts, self.log
        )
        self.get_me = GetMe(self.store).get_me
        self.get_account = GetAccount(self.store).get_account
        self.rename_me = RenameMe(self.store).rename_me

    async def register(
        self, email: str = "ann@example.com", password: str = PASSWORD, name: str = "Ann Onym"
    ) -> Account:
        register = Register(self.store, self.passwords, self.settings, self.clock)
        return await register.register(Registration(email, password, name))

    async def sign_in(self, email: str = "ann@example.com", password: str = PASSWORD, cart: str = "") -> Session:
        return await self._sign_in.sign_in(Credentials(email, password, cart))

    async def change_password(self, old: str, new: str) -> None:
        change = ChangePassword(self.store, self.doorkeeper, self.passwords, self.settings)
        await change.change_password(PasswordChange(old, new))


@pytest.fixture
async def pools(database_url: str, tmp_path: Path) -> AsyncIterator[Pools]:
    pools = Pools(Section(url=database_url, connect_timeout=60.0), tmp_path)
    pools.database("accounts")
    await pools.open()
    yield pools
    await pools.close()


@pytest.fixture
def build(pools: Pools) -> Callable[..., House]:
    """Replicas of the module: they share the database and the time."""
    clock = Hands()
    return lambda **settings: House(pools, clock, **settings)


@pytest.fixture
def house(build: Callable[..., House]) -> House:
    return build()
