"""Carts in tables. Adding is one short transaction that begins by locking the user's cart."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, String, Table, delete, func, select

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


class CartStore:
    """All carts. Every method raises CartStorageUnavailable while the database does not answer."""

    def __init__(self, database: Database, settings: CartSettings) -> None:
        self._database = database
        self._settings = settings

    async def add(self, user_id: str, item: CartItem) -> None:
        """Increase the line or append one, however many do so at once. Raises CartFull and leaves all as it was."""
        most = self._settings.max_stored
        insert = self._database.insert
        with _storage_trouble():
            async with self._database.transaction() as tx:
                # The row of the cart is locked from here on: lines are counted and placed by one caller at a time.
                counted = insert(carts).values(user_id=user_id, additions=1)
                counted = counted.on_conflict_do_update(
                    index_elements=[carts.c.user_id], set_={"additions": carts.c.additions + 1}
                )
                place = (await tx.execute(counted.returning(carts.c.additions))).scalar_one()

                line = insert(lines).values(
                    user_id=user_id, product_id=item.product_id, quantity=item.quantity, position=place
                )
                sum_ = lines.c.quantity + line.excluded.quantity
                line = line.on_conflict_do_update(
                    index_elements=[lines.c.user_id, lines.c.product_id], set_={"quantity": sum_}, where=sum_ <= most
                )
                stored = (await tx.execute(line.returning(lines.c.quantity, lines.c.position))).one_or_none()
                if stored is None or stored.quantity > most:
                    raise CartFull(f"it may hold {most} of product {item.product_id}")
                if stored.position == place:
                    count = select(func.count()).select_from(lines).where(lines.c.user_id == user_id)
                    if (await tx.execute(count)).scalar_one() > self._settings.max_lines:
                        raise CartFull(f"it may hold {self._settings.max_lines} different products")

    async def move(self, from_user_id: str, into_user_id: str) -> None:
        """Put one cart's lines into another's and forget it, however many do so at once; none there is fine."""
        both = select(carts.c.user_id).where(carts.c.user_id.in_((from_user_id, into_user_id)))
        with _storage_trouble():
            async with self._database.transaction() as tx:
                # In one order for all, so that two who move between the same carts do not wait for each other for ever.
                found = (await tx.execute(both.order_by(carts.c.user_id).with_for_update())).scalars().all()
                if from_user_id not in found:
                    return
                coming = _lines((await tx.execute(_items_of.where(lines.c.user_id == from_user_id))).all())
                counted = self._database.insert(carts).values(user_id=into_user_id, additions=len(coming))
                counted = counted.on_conflict_do_update(
                    index_elements=[carts.c.user_id], set_={"additions": carts.c.additions + len(coming)}
                )
                last = (await tx.execute(counted.returning(carts.c.additions))).scalar_one()
                # Only now is the row locked even if it is new: before that another's lines could still come in.
                held = _lines((await tx.execute(_items_of.where(lines.c.user_id == into_user_id))).all())
                await tx.execute(delete(carts).where(carts.c.user_id == from_user_id))
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
            rows = await self._database.fetch(_items_of.where(lines.c.user_id == user_id))
        return _lines(rows)

    async def empty(self, user_id: str) -> None:
        """Forget the cart; none there is fine."""
        with _storage_trouble():
            async with self._database.transaction() as tx:
                await tx.execute(delete(carts).where(carts.c.user_id == user_id))


def _lines(rows: Iterable[Any]) -> tuple[CartItem, ...]:
    return tuple(CartItem(row.product_id, row.quantity) for row in rows)


@contextmanager
def _storage_trouble() -> Generator[None]:
    try:
        yield
    except DatabaseUnavailable as error:
        raise CartStorageUnavailable from error
