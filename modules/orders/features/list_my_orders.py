"""Lists the orders of whoever is signed in."""

from __future__ import annotations

from app import Unauthenticated, principal

from ..contract import OrderHistory, Orders
from ..domain import check_limit, cursor, read_cursor, storable
from ..history import OrderHistories, place_of


class ListMyOrders(Orders):
    """Answers `list_my_orders`."""

    def __init__(self, histories: OrderHistories) -> None:
        self._histories = histories

    async def list_my_orders(self, limit: int = 20, after: str = "") -> OrderHistory:
        who = principal()
        if who is None:
            raise Unauthenticated("nobody is signed in")
        check_limit(limit)
        behind = read_cursor(after) if after else None
        if not storable(who.subject):  # somebody else's tokens may name whom they like
            return OrderHistory()
        found = await self._histories.page(
            who.subject, limit + 1, behind
        )  # one more tells whether there is another page
        shown = tuple(found[:limit])
        return OrderHistory(shown, cursor(place_of(shown[-1])) if len(found) > limit else "")
