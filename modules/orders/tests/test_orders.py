"""Orders: kept once, as they were, for whoever placed them; on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, inspect, select

from app import Unauthenticated
from app.storing.pools import Pools
from app.testing import acting_as
from modules.accounts.contract import NotYours
from modules.cart.contract import CartItem
from modules.currency.contract import Money
from modules.orders.contract import NoSuchOrder, OrderItem
from modules.orders.features.get_order import GetOrder
from modules.orders.features.record import Record
from modules.orders.storage import OrderStore
from modules.orders.tables import history, metadata, order_lines, orders
from modules.shipping.contract import Address

from .conftest import MakeOrder

ANN = "acct_0d5c43ea0c1947b0a6c2b1d7f7a0c9e4"
BOB = "acct_ffffffffffffffffffffffffffffffff"


async def test_an_order_is_answered_as_it_was_kept(store: OrderStore, make_order: MakeOrder) -> None:
    order = make_order()
    await Record(store).record(order)
    assert await GetOrder(store).get_order("o-1") == order


async def test_an_order_without_lines_is_an_order(store: OrderStore, make_order: MakeOrder) -> None:
    order = make_order(items=())
    await Record(store).record(order)
    assert await GetOrder(store).get_order("o-1") == order


@pytest.mark.parametrize(
    "amount",
    [
        Money("JPY", 2**63 - 1, 999_999_999),
        Money("JPY", -(2**63), -999_999_999),
        Money("EUR", 0, 1),
        Money("EUR", 123_456_789_012_345_678, 123_456_789),
    ],
)
async def test_amounts_are_kept_to_the_last_billionth(amount: Money, store: OrderStore, make_order: MakeOrder) -> None:
    order = make_order(total=amount, shipping_cost=amount, items=(OrderItem(CartItem("mug", 1), amount),))
    await Record(store).record(order)
    assert await GetOrder(store).get_order("o-1") == order


async def test_texts_of_any_letters_are_kept_as_they_are(store: OrderStore, make_order: MakeOrder) -> None:
    address = Address("'; DROP TABLE orders; --", "<b>Zürich</b>", "北京", "🛒" * 40, 2**31 - 1)
    order = make_order("заказ ☂", shipping_address=address, user_id="Zoë", placed_at=datetime(1970, 1, 1, tzinfo=UTC))
    await Record(store).record(order)
    assert await GetOrder(store).get_order("заказ ☂") == order


async def test_the_second_of_one_id_changes_nothing(pools: Pools, store: OrderStore, make_order: MakeOrder) -> None:
    await Record(store).record(make_order())
    await Record(store).record(make_order(total=Money("USD", 1), user_id="somebody else", items=()))
    assert await GetOrder(store).get_order("o-1") == make_order()
    counts = [(await pools.database("orders").fetch(select(func.count()).select_from(table)))[0][0]
              for table in (orders, order_lines, history)]  # fmt: skip
    assert counts == [1, 2, 1]


async def test_however_many_keep_it_at_once_it_is_kept_once(
    pools: Pools, store: OrderStore, make_order: MakeOrder
) -> None:
    await asyncio.gather(*(Record(store).record(make_order()) for _ in range(20)))
    assert len(await pools.database("orders").fetch(select(order_lines))) == 2
    assert len(await pools.database("orders").fetch(select(history))) == 1


@pytest.mark.parametrize("id", ["o-2", "", "O-1", "o-1 ", "o\0-1", "x" * 10_000, "\ud800", "o-1' OR '1'='1", "../o-1"])
async def test_nothing_is_found_under_another_id_and_its_name_stays_short(
    id: str, store: OrderStore, make_order: MakeOrder
) -> None:
    await Record(store).record(make_order())
    with pytest.raises(NoSuchOrder) as failure:
        await GetOrder(store).get_order(id)
    assert len(failure.value.order_id) <= 101
    failure.value.order_id.encode()
    assert "\0" not in failure.value.order_id


async def test_an_accounts_order_is_for_that_account_and_for_admins(store: OrderStore, make_order: MakeOrder) -> None:
    await Record(store).record(make_order(user_id=ANN))
    with pytest.raises(Unauthenticated):
        await GetOrder(store).get_order("o-1")
    with acting_as(BOB), pytest.raises(NotYours):
        await GetOrder(store).get_order("o-1")
    for who in (acting_as(ANN), acting_as(BOB, "admin")):
        with who:
            assert (await GetOrder(store).get_order("o-1")).user_id == ANN


async def test_an_anonymous_order_is_for_whoever_knows_its_id(store: OrderStore, make_order: MakeOrder) -> None:
    await Record(store).record(make_order())
    with acting_as(BOB):
        assert (await GetOrder(store).get_order("o-1")).email == "ann@example.com"


async def test_the_migrations_make_the_tables_that_the_code_uses(pools: Pools) -> None:
    async with pools.database("orders").transaction() as tx:
        made = await tx.run_sync(lambda connection: {
            table: {column["name"] for column in inspect(connection).get_columns(table)} for table in metadata.tables
        })  # fmt: skip
    assert made == {name: set(table.columns.keys()) for name, table in metadata.tables.items()}
