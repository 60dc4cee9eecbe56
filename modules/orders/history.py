"""The query side: pages of a shopper's history, from a narrow table whose index is the order of reading."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, tuple_

from app import Database
from modules.currency.contract import Money

from .contract import OrderSummary
from .domain import Place, micros, moment
from .tables import history

_newest_first = select(history).order_by(history.c.placed_at.desc(), history.c.order_id.desc())


class OrderHistories:
    """Everybody's history. Raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, user_id: str, limit: int, behind: Place | None) -> Sequence[OrderSummary]:
        """At most so many of the user's orders, newest first, from behind a place on. Costs the same on any page."""
        statement = _newest_first.where(history.c.user_id == user_id).limit(limit)
        if behind is not None:
            statement = statement.where(tuple_(history.c.placed_at, history.c.order_id) < tuple_(*behind))
        return [
            OrderSummary(
                order_id=row.order_id,
                placed_at=moment(row.placed_at),
                total=Money(row.total_code, row.total_units, row.total_nanos),
                pieces=row.pieces,
                shipping_tracking_id=row.tracking_id,
            )
            for row in await self._database.fetch(statement)
        ]


def place_of(order: OrderSummary) -> Place:
    """Where an order stands in its history."""
    return micros(order.placed_at), order.order_id
