"""Charges in a table. One statement decides who is first: the unique request id on charging, the update on refunds."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    func,
    literal,
    select,
    update,
)

from app import Database
from modules.currency.contract import Money

from .cards import Payer

metadata = MetaData()

charges = Table(
    "charges",
    metadata,
    Column("transaction_id", String(36), primary_key=True),
    Column("request_id", String(200), unique=True),
    Column("currency_code", String(3), nullable=False),
    Column("units", BigInteger, nullable=False),
    Column("nanos", Integer, nullable=False),
    Column("brand", String(30), nullable=False),
    Column("last_four", String(4), nullable=False),
    Column("charged_at", DateTime(timezone=True), nullable=False),
    Column("refund_id", String(36)),
    Column("refunded_at", DateTime(timezone=True)),
)

_known = select(
    charges.c.transaction_id, charges.c.currency_code, charges.c.units, charges.c.nanos, charges.c.refund_id
)
_under_the_name = _known.where(charges.c.request_id == bindparam("named", type_=String))  # made once: that takes longer


class Charge(NamedTuple):
    """What was charged."""

    transaction_id: str
    amount: Money
    refunded: bool


class ChargeStore:
    """All charges. Every method raises DatabaseUnavailable while the database does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        add = database.insert(charges).on_conflict_do_nothing(index_elements=[charges.c.request_id])
        self._add = add.returning(charges.c.transaction_id)

    async def find(self, request_id: str) -> Charge | None:
        """What was charged under this name."""
        rows = await self._database.fetch(_under_the_name, {"named": request_id})
        return _charge(rows[0]) if rows else None

    async def add(self, amount: Money, payer: Payer, request_id: str | None, now: datetime) -> Charge:
        """Note a charge, unless there is one under the name: then that one, which may be of another amount."""
        made = Charge(str(uuid4()), amount, refunded=False)
        row = {
            "transaction_id": made.transaction_id,
            "request_id": request_id,
            "currency_code": amount.currency_code,
            "units": amount.units,
            "nanos": amount.nanos,
            "brand": payer.brand,
            "last_four": payer.last_four,
            "charged_at": now,
        }
        async with self._database.transaction() as tx:
            if (await tx.execute(self._add, row)).one_or_none() is not None:
                return made
            # Whoever was first has committed: the insertion waited for that.
            return _charge((await tx.execute(_under_the_name, {"named": request_id})).one())

    async def refund(self, transaction_id: str, now: datetime) -> str | None:
        """The id of the refund: a new one, or the one that it has had since the first time. None: no such charge."""
        row = (
            update(charges)
            .where(charges.c.transaction_id == transaction_id)
            .values(
                refund_id=func.coalesce(charges.c.refund_id, str(uuid4())),
                refunded_at=func.coalesce(charges.c.refunded_at, literal(now, charges.c.refunded_at.type)),
            )
        )
        async with self._database.transaction() as tx:
            return (await tx.execute(row.returning(charges.c.refund_id))).scalar_one_or_none()


def _charge(row: Any) -> Charge:
    transaction_id, currency_code, units, nanos, refund_id = row
    return Charge(transaction_id, Money(currency_code, units, nanos), refunded=refund_id is not None)
