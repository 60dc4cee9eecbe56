"""Accounts in a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, DateTime, Float, Integer, MetaData, Row, String, Table, select, update

from app import Database

from .contract import Account, EmailTaken, NoSuchAccount
from .domain import key_of

metadata = MetaData()

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("email", String(254), nullable=False),
    Column("email_key", String(254), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
    Column("password_hash", String(500), nullable=False),
    Column("roles", String(200), nullable=False),
    Column("registered_at", DateTime(timezone=True), nullable=False),
)
tries = Table(
    "tries",
    metadata,
    Column("email_key", String(254), primary_key=True),
    Column("failed", Integer, nullable=False),
    Column("since", Float, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """An account as it is kept."""

    account: Account
    password_hash: str

    def __repr__(self) -> str:
        return f"Kept({self.account.account_id})"


class AccountStore:
    """All accounts. Every method raises DatabaseUnavailable while the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, account: Account, password_hash: str) -> None:
        """Raises EmailTaken, in whatever case the address is written there."""
        row = self._database.insert(accounts).values(
            id=account.account_id,
            email=account.email,
            email_key=key_of(account.email),
            name=account.name,
            password_hash=password_hash,
            roles=" ".join(account.roles),
            registered_at=account.registered_at,
        )
        row = row.on_conflict_do_nothing(index_elements=[accounts.c.email_key]).returning(accounts.c.id)
        async with self._database.transaction() as tx:
            if (await tx.execute(row)).one_or_none() is None:
                raise EmailTaken

    async def find(self, email: str) -> Kept | None:
        """Whose address this is, in whatever case it is written."""
        rows = await self._database.fetch(select(accounts).where(accounts.c.email_key == key_of(email)))
        return _kept(rows[0]) if rows else None

    async def get(self, account_id: str) -> Kept:
        """Raises NoSuchAccount."""
        rows = await self._database.fetch(select(accounts).where(accounts.c.id == account_id))
        if not rows:
            raise NoSuchAccount(account_id)
        return _kept(rows[0])

    async def rename(self, account_id: str, name: str) -> Account:
        """Raises NoSuchAccount."""
        change = update(accounts).where(accounts.c.id == account_id).values(name=name).returning(*accounts.c)
        async with self._database.transaction() as tx:
            row = (await tx.execute(change)).one_or_none()
        if row is None:
            raise NoSuchAccount(account_id)
        return _kept(row).account

    async def replace_hash(self, account_id: str, old: str, new: str) -> bool:
        """Whether the old one was still there: of two who change a password at once, one does."""
        same = (accounts.c.id == account_id) & (accounts.c.password_hash == old)
        async with self._database.transaction() as tx:
            changed = await tx.execute(update(accounts).where(same).values(password_hash=new).returning(accounts.c.id))
            return changed.one_or_none() is not None

    async def set_roles(self, account_id: str, roles: tuple[str, ...]) -> None:
        """What the account may do from its next sign-in on."""
        async with self._database.transaction() as tx:
            await tx.execute(update(accounts).where(accounts.c.id == account_id).values(roles=" ".join(roles)))


def _kept(row: Row[Any]) -> Kept:
    at: datetime = row.registered_at
    account = Account(
        row.id,
        row.email,
        row.name,
        at if at.tzinfo else at.replace(tzinfo=UTC),  # SQLite keeps no time zone; what is written is UTC
        tuple(row.roles.split()),
    )
    return Kept(account, row.password_hash)
