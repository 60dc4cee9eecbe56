"""A shopper's history: pages of it, newest first, that neither repeat nor miss an order."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from app import Unauthenticated
from app.testing import acting_as
from modules.cart.contract import CartItem
from modules.currency.contract import Money
from modules.orders.contract import InvalidPage, OrderHistory, OrderItem, OrderSummary
from modules.orders.domain import cursor
from modules.orders.features.list_my_orders import ListMyOrders
from modules.orders.history import OrderHistories
from modules.orders.storage import OrderStore

from .conftest import NOON, MakeOrder


async def _page(histories: OrderHistories, limit: int = 20, after: str = "", who: str = "ann") -> OrderHistory:
    with acting_as(who):
        return await ListMyOrders(histories).list_my_orders(limit, after)


async def _ids(histories: OrderHistories, limit: int) -> list[list[str]]:
    pages: list[list[str]] = []
    after = ""
    while not pages or after:
        page = await _page(histories, limit, after)
        pages.append([order.order_id for order in page.orders])
        after = page.next
        assert len(pages) < 20
    return pages


async def test_whoever_ordered_nothing_has_an_empty_history(histories: OrderHistories) -> None:
    assert await _page(histories) == OrderHistory()


async def test_a_line_says_what_was_ordered_in_short(
    histories: OrderHistories, store: OrderStore, make_order: MakeOrder
) -> None:
    await store.keep(make_order(user_id="ann"))
    line = OrderSummary("o-1", NOON, Money("EUR", 43, 316_675_324), 3, "QK-20-1041234567")
    assert await _page(histories) == OrderHistory((line,))


async def test_pages_go_from_new_to_old_without_a_gap_and_times_may_be_equal(
    histories: OrderHistories, store: OrderStore, make_order: MakeOrder
) -> None:
    for minute in range(3):
        for letter in "abc":
            at = NOON + timedelta(minutes=minute)
            await store.keep(make_order(f"{letter}{minute}", user_id="ann", placed_at=at))
    await store.keep(make_order("bob's", user_id="bob"))
    everything = ["c2", "b2", "a2", "c1", "b1", "a1", "c0", "b0", "a0"]
    for size in (1, 2, 3, 4, 8, 9, 10, 100):
        pages = await _ids(histories, size)
        assert [id for page in pages for id in page] == everything
        assert len(pages) == -(-9 // size)


async def test_an_order_placed_meanwhile_moves_nothing_on_the_next_page(
    histories: OrderHistories, store: OrderStore, make_order: MakeOrder
) -> None:
    for minute in range(4):
        await store.keep(make_order(f"o{minute}", user_id="ann", placed_at=NOON + timedelta(minutes=minute)))
    first = await _page(histories, 2)
    await store.keep(make_order("new", user_id="ann", placed_at=NOON + timedelta(hours=1)))
    second = await _page(histories, 2, first.next)
    assert [order.order_id for order in (*first.orders, *second.orders)] == ["o3", "o2", "o1", "o0"]


async def test_a_cursor_shows_nobody_elses_orders(
    histories: OrderHistories, store: OrderStore, make_order: MakeOrder
) -> None:
    for name in ("o1", "o2"):
        await store.keep(make_order(name, user_id="ann"))
    after = (await _page(histories, 1)).next
    assert await _page(histories, 1, after, who="bob") == OrderHistory()


@pytest.mark.parametrize(
    "after",
    ["x", "!!!!", "é", "=", "a" * 200, "\0", "\ud800", "MQ==",
     base64.urlsafe_b64encode(b"12").decode(), base64.urlsafe_b64encode(b"x y").decode().rstrip("="),
     base64.urlsafe_b64encode(b"\xff 1").decode().rstrip("="),
     cursor((2**63, "o-1")), cursor((1, "")), cursor((1, "a\0")), cursor((1, "ok")) + "=="],
)  # fmt: skip
async def test_a_page_behind_nothing_is_refused_by_name(after: str, histories: OrderHistories) -> None:
    with pytest.raises(InvalidPage, match=r"^after is not the `next` of another page$"):
        await _page(histories, 20, after)


@pytest.mark.parametrize("limit", [0, -1, 101, 2**62])
async def test_a_page_of_no_size_is_refused_by_name(limit: int, histories: OrderHistories) -> None:
    with pytest.raises(InvalidPage, match=r"^limit must be 1 to 100"):
        await _page(histories, limit)


async def test_the_history_is_of_whoever_is_signed_in(histories: OrderHistories) -> None:
    with pytest.raises(Unauthenticated):
        await ListMyOrders(histories).list_my_orders()


@pytest.mark.parametrize("who", ["a\0b", "x" * 10_000, "\ud800"])
async def test_a_subject_that_no_database_takes_has_ordered_nothing(who: str, histories: OrderHistories) -> None:
    assert await _page(histories, who=who) == OrderHistory()


async def test_more_pieces_than_the_wire_counts_are_still_an_order(
    histories: OrderHistories, store: OrderStore, make_order: MakeOrder
) -> None:
    line = OrderItem(CartItem("mug", 2**31 - 1), Money("EUR", 1))
    await store.keep(make_order(user_id="ann", items=(line, line)))
    assert (await _page(histories)).orders[0].pieces == 2**31 - 1
