"""The write side: orders and their lines, kept once and never changed. Each order enters the history as it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import String, bindparam, insert, select

from app import Database
from modules.cart.contract import CartItem
from modules.currency.contract import Money
from modules.shipping.contract import Address

from .contract import Order, OrderItem
from .domain import micros, moment
from .tables import history, order_lines, orders

_whole = (
    select(orders, *list(order_lines.c)[1:])
    .join_from(orders, order_lines, orders.c.order_id == order_lines.c.order_id, isouter=True)
    .order_by(order_lines.c.position)
)
# Made once: making a statement takes longer than running it.
_one = _whole.where(orders.c.order_id == bindparam("which", type_=String))
_add_lines, _add_summary = insert(order_lines), insert(history)


class OrderStore:
    """All orders. Raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._add = database.insert(orders).on_conflict_do_nothing().returning(orders.c.order_id)

    async def keep(self, order: Order) -> None:
        """Write an order down; one with the same id is there already: then nothing changes."""
        async with self._database.transaction() as tx:
            # One statement decides who keeps it; whoever comes second sees the row and writes nothing.
            if (await tx.execute(self._add, _row(order))).one_or_none() is None:
                return
            if order.items:
                await tx.execute(_add_lines, _lines(order))
            await tx.execute(_add_summary, _summary(order))

    async def find(self, order_id: str) -> Order | None:
        """The order, read in one statement; None where there is none."""
        rows = await self._database.fetch(_one, {"which": order_id})
        return _order(rows) if rows else None


def amount(name: str, money: Money) -> dict[str, Any]:
    """The columns of an amount."""
    return {f"{name}_code": money.currency_code, f"{name}_units": money.units, f"{name}_nanos": money.nanos}


def _row(order: Order) -> dict[str, Any]:
    address = order.shipping_address
    return {
        "order_id": order.order_id,
        "user_id": order.user_id,
        "email": order.email,
        "placed_at": micros(order.placed_at),
        **amount("total", order.total),
        "tracking_id": order.shipping_tracking_id,
        **amount("shipping", order.shipping_cost),
        "street_address": address.street_address,
        "city": address.city,
        "state": address.state,
        "country": address.country,
        "zip_code": address.zip_code,
    }


def _lines(order: Order) -> list[dict[str, Any]]:
    return [
        {
            "order_id": order.order_id,
            "position": position,
            "product_id": line.item.product_id,
            "quantity": line.item.quantity,
            **amount("cost", line.cost),
        }
        for position, line in enumerate(order.items)
    ]


def _summary(order: Order) -> dict[str, Any]:
    return {
        "user_id": order.user_id,
        "placed_at": micros(order.placed_at),
        "order_id": order.order_id,
        **amount("total", order.total),
        # A line of the history is a glance: more than an int32 of pieces is shown as the most that it says.
        "pieces": min(sum(line.item.quantity for line in order.items), 2**31 - 1),
        "tracking_id": order.shipping_tracking_id,
    }


def _order(rows: Sequence[Any]) -> Order:
    first = rows[0]
    return Order(
        order_id=first.order_id,
        user_id=first.user_id,
        email=first.email,
        placed_at=moment(first.placed_at),
        total=Money(first.total_code, first.total_units, first.total_nanos),
        shipping_tracking_id=first.tracking_id,
        shipping_cost=Money(first.shipping_code, first.shipping_units, first.shipping_nanos),
        shipping_address=Address(first.street_address, first.city, first.state, first.country, first.zip_code),
        items=tuple(
            OrderItem(CartItem(row.product_id, row.quantity), Money(row.cost_code, row.cost_units, row.cost_nanos))
            for row in rows
            if row.position is not None
        ),
    )
