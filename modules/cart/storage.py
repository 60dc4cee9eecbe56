"""Carts in tables. Adding is one short transaction that begins by locking the user's cart.

Statements of the frequent calls are made once: making one takes longer than running it."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    func,
    select,
    update,
)

from app import Database, DatabaseUnavailable

from .contract import CartFull, CartItem, CartStorageUnavailable
from .domain import merged
from .settings import CartSettings

metadata = MetaData()

carts = Table(
    "carts",
    metadata,
    Column("user_id", String(200), primary_key=True),
    Column("additions", BigInteger, nullable=False),
)
lines = Table(
    "lines",
    metadata,
    Column("user_id", String(200), ForeignKey("carts.user_id", ondelete="CASCADE"), primary_key=True),
    Column("product_id", String(200), primary_key=True),
    Column("quantity", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
)

_items_of = select(lines.c.product_id, lines.c.quantity).order_by(lines.c.position)
_mine = bindparam("mine", type_=String)
_my_items = _items_of.where(lines.c.user_id == _mine)
_how_many = select(func.count()).select_from(lines).where(lines.c.user_id == _mine)
_lock = select(carts.c.user_id).where(carts.c.user_id == _mine).with_for_update()
_forget = delete(carts).where(carts.c.user_id == _mine)


class _NothingToMove(Exception):
    """There is no such cart."""


class CartStore:
    """All carts. Every method raises CartStorageUnavailable while the database does not answer."""

    def __init__(self, database: Database, settings: CartSettings) -> None:
        self._database = database
        self._settings = settings
        there = database.insert(carts)
        self._touch = there.on_conflict_do_update(
            index_elements=[carts.c.user_id], set_={"additions": carts.c.additions}
        )
        counted = there.on_conflict_do_update(
            index_elements=[carts.c.user_id], set_={"additions": carts.c.additions + 1}
        )
        self._count = counted.returning(carts.c.additions)
        line = database.insert(lines)
        sum_ = lines.c.quantity + line.excluded.quantity
        line = line.on_conflict_do_update(
            index_elements=[lines.c.user_id, lines.c.product_id],
            set_={"quantity": sum_},
            where=sum_ <= settings.max_stored,
        )
        self._put = line.returning(lines.c.quantity, lines.c.position)

    async def add(self, user_id: str, item: CartItem) -> None:
        """Increase the line or append one, however many do so at once. Raises CartFull and leaves all as it was."""
        most = self._settings.max_stored
        with _storage_trouble():
            async with self._database.transaction() as tx:
                # The row of the cart is locked from here on: lines are counted and placed by one caller at a time.
                place = (await tx.execute(self._count, {"user_id": user_id, "additions": 1})).scalar_one()
                line = {
                    "user_id": user_id,
                    "product_id": item.product_id,
                    "quantity": item.quantity,
                    "position": place,
                }
                stored = (await tx.execute(self._put, line)).one_or_none()
                if stored is None or stored.quantity > most:
                    raise CartFull(f"it may hold {most} of product {item.product_id}")
                new = stored.position == place
                if new and (await tx.execute(_how_many, {"mine": user_id})).scalar_one() > self._settings.max_lines:
                    raise CartFull(f"it may hold {self._settings.max_lines} different products")

    async def move(self, from_user_id: str, into_user_id: str) -> None:
        """Put one cart's lines into another's and forget it, however many do so at once; none there is fine."""
        with _storage_trouble(), suppress(_NothingToMove):
            async with self._database.transaction() as tx:
                # Both rows are locked in one order for all, the one that may have to be made included: two who move
                # between the same carts would wait for each other for ever.
                for user_id in sorted((from_user_id, into_user_id)):
                    if user_id == into_user_id:
                        await tx.execute(self._touch, {"user_id": into_user_id, "additions": 0})
                    elif (await tx.execute(_lock, {"mine": from_user_id})).one_or_none() is None:
                        raise _NothingToMove  # no empty cart stays behind
                coming = _lines((await tx.execute(_my_items, {"mine": from_user_id})).all())
                counted = update(carts).where(carts.c.user_id == into_user_id)
                counted = counted.values(additions=carts.c.additions + len(coming)).returning(carts.c.additions)
                last = (await tx.execute(counted)).scalar_one()
                held = _lines((await tx.execute(_my_items, {"mine": into_user_id})).all())
                await tx.execute(_forget, {"mine": from_user_id})
                changed = merged(
                    {item.product_id: item.quantity for item in held},
                    coming,
                    max_lines=self._settings.max_lines,
                    max_stored=self._settings.max_stored,
                )
                for place, item in enumerate(changed, last - len(coming) + 1):
                    line = self._database.insert(lines).values(
                        user_id=into_user_id, product_id=item.product_id, quantity=item.quantity, position=place
                    )
                    line = line.on_conflict_do_update(
                        index_elements=[lines.c.user_id, lines.c.product_id], set_={"quantity": line.excluded.quantity}
                    )
                    await tx.execute(line)

    async def items(self, user_id: str) -> tuple[CartItem, ...]:
        """The lines in the order of their first addition; none where there is no cart."""
        with _storage_trouble():
            rows = await self._database.fetch(_my_items, {"mine": user_id})
        return _lines(rows)

    async def empty(self, user_id: str) -> None:
        """Forget the cart; none there is fine."""
        with _storage_trouble():
            async with self._database.transaction() as tx:
                await tx.execute(_forget, {"mine": user_id})


def _lines(rows: Iterable[Any]) -> tuple[CartItem, ...]:
    return tuple(CartItem(row.product_id, row.quantity) for row in rows)


@contextmanager
def _storage_trouble() -> Generator[None]:
    try:
        yield
    except DatabaseUnavailable as error:
        raise CartStorageUnavailable from error
