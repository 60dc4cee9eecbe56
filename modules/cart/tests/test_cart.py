"""Carts: added to, looked into, emptied; on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect

from app import FailedPrecondition, InvalidArgument
from app.config.sections import Database as Section
from app.storing.pools import Pools
from modules.cart.contract import Cart, CartFull, CartItem, CartStorageUnavailable, InvalidItem
from modules.cart.features.add_item import AddItem
from modules.cart.features.empty_cart import EmptyCart
from modules.cart.features.get_cart import GetCart
from modules.cart.settings import CartSettings
from modules.cart.storage import CartStore, metadata
from tests.postgres import Postgres


async def _add(store: CartStore, *items: tuple[str, int], user: str = "ann") -> None:
    for product, quantity in items:
        await AddItem(store).add_item(user, CartItem(product, quantity))


async def _cart(store: CartStore, user: str = "ann") -> Cart:
    return await GetCart(store).get_cart(user)


async def test_a_user_without_a_cart_has_an_empty_one_that_belongs_to_nobody(store: CartStore) -> None:
    assert await _cart(store, "nobody") == Cart("", ())


async def test_products_stand_in_the_order_of_their_first_addition(store: CartStore) -> None:
    await _add(store, ("mug", 1), ("jar", 2), ("mug", 3))
    assert await _cart(store) == Cart("ann", (CartItem("mug", 4), CartItem("jar", 2)))


async def test_each_user_has_a_cart_of_their_own(store: CartStore) -> None:
    await _add(store, ("mug", 1))
    await _add(store, ("jar", 1), user="Ann")
    assert (await _cart(store, "ann")).items == (CartItem("mug", 1),)
    assert (await _cart(store, "Ann")).items == (CartItem("jar", 1),)


async def test_an_emptied_cart_is_empty_and_can_be_filled_again(store: CartStore) -> None:
    await _add(store, ("mug", 1), ("jar", 1))
    await EmptyCart(store).empty_cart("ann")
    assert await _cart(store) == Cart("", ())
    await _add(store, ("jar", 5))
    assert await _cart(store) == Cart("ann", (CartItem("jar", 5),))


async def test_emptying_a_cart_that_is_not_there_is_fine(store: CartStore) -> None:
    await EmptyCart(store).empty_cart("nobody")


@pytest.mark.parametrize("quantity", [0, -1, 1001, -(2**31), 2**31 - 1])
async def test_a_quantity_outside_of_1_to_1000_is_refused_by_name(quantity: int, store: CartStore) -> None:
    with pytest.raises(InvalidArgument, match=rf"item\.quantity must be 1 to 1000, and is {quantity}"):
        await _add(store, ("mug", quantity))
    assert await _cart(store) == Cart()


@pytest.mark.parametrize(
    ("user", "product", "words"),
    [
        ("", "mug", "user_id is missing"),
        ("ann", "", "item.product_id is missing"),
        ("a" * 201, "mug", "user_id must be at most 200 characters"),
        ("ann", "m" * 201, "item.product_id must be at most 200 characters"),
        ("a\0n", "mug", "user_id .* NUL"),
    ],
)
async def test_an_id_that_no_database_takes_is_refused_by_name(
    user: str, product: str, words: str, store: CartStore
) -> None:
    with pytest.raises(InvalidItem, match=words):
        await _add(store, (product, 1), user=user)


@pytest.mark.parametrize("user", ["", "a" * 201, "a\0n"])
async def test_nothing_is_in_the_cart_of_an_id_that_no_database_takes(user: str, store: CartStore) -> None:
    assert await _cart(store, user) == Cart()
    await EmptyCart(store).empty_cart(user)


async def test_ids_of_any_letters_are_kept_as_they_are(store: CartStore) -> None:
    user = "Zoë'; DROP TABLE lines; -- 🛒" + "ü" * 100
    await _add(store, ("кружка", 1), user=user)
    assert await _cart(store, user) == Cart(user, (CartItem("кружка", 1),))


async def test_a_line_holds_only_so_much_and_stays_as_it_was(store: CartStore) -> None:
    await _add(store, ("mug", 1000), ("mug", 500))
    with pytest.raises(CartFull) as failure:
        await _add(store, ("mug", 1))
    assert isinstance(failure.value, FailedPrecondition)
    assert failure.value.text == "the cart cannot take this: it may hold 1500 of product mug"
    assert (await _cart(store)).items == (CartItem("mug", 1500),)


async def test_a_line_may_be_bounded_below_what_is_added_at_once(pools: Pools) -> None:
    store = CartStore(pools.database("cart"), CartSettings(max_stored=10))
    with pytest.raises(CartFull):
        await _add(store, ("mug", 11))
    assert await _cart(store) == Cart()


async def test_a_cart_holds_only_so_many_products_and_stays_as_it_was(store: CartStore) -> None:
    await _add(store, ("mug", 1), ("jar", 1), ("watch", 1))
    with pytest.raises(CartFull, match="it may hold 3 different products"):
        await _add(store, ("loafers", 1))
    await _add(store, ("mug", 1))
    assert len((await _cart(store)).items) == 3


async def test_no_addition_is_lost_when_many_come_at_once(store: CartStore) -> None:
    await asyncio.gather(*(_add(store, ("mug", 1), ("jar", 2)) for _ in range(50)))
    assert set((await _cart(store)).items) == {CartItem("mug", 50), CartItem("jar", 100)}


async def test_the_bound_on_products_holds_when_many_come_at_once(store: CartStore) -> None:
    added = await asyncio.gather(*(_add(store, (f"p{n}", 1)) for n in range(20)), return_exceptions=True)
    assert sum(isinstance(error, CartFull) for error in added) == 17
    assert len((await _cart(store)).items) == 3


async def test_adding_and_emptying_at_once_leave_a_whole_cart(store: CartStore) -> None:
    emptying = EmptyCart(store)
    await asyncio.gather(*(_add(store, ("mug", 1)) if n % 3 else emptying.empty_cart("ann") for n in range(60)))
    await emptying.empty_cart("ann")
    await _add(store, ("mug", 1))
    assert await _cart(store) == Cart("ann", (CartItem("mug", 1),))


async def test_a_cart_outlives_its_host(pools: Pools, store: CartStore) -> None:
    await _add(store, ("mug", 1))
    await pools.close()
    await pools.open()
    assert (await _cart(store)).items == (CartItem("mug", 1),)


async def test_a_locked_file_is_a_failed_precondition_without_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.storing.engines.BUSY", 0)
    pools = Pools(Section(), tmp_path)
    store = CartStore(pools.database("cart"), CartSettings())
    await pools.open()
    with closing(sqlite3.connect(tmp_path / "cart.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CartStorageUnavailable, match=r"^Can't access cart storage\. Try again later\.$") as failure:
            await _add(store, ("mug", 1))
    assert isinstance(failure.value, FailedPrecondition)
    assert failure.value.status == 503, "over REST it is nothing that the caller could mend"
    await _add(store, ("mug", 1))
    await pools.close()


async def test_a_server_that_went_away_is_a_failed_precondition(
    postgres: Postgres, postgres_url: str, tmp_path: Path
) -> None:
    pools = Pools(Section(url=postgres_url), tmp_path)
    store = CartStore(pools.database("cart"), CartSettings())
    await pools.open()
    postgres.drop(postgres_url)
    for call in (_add(store, ("mug", 1)), _cart(store), EmptyCart(store).empty_cart("ann")):
        with pytest.raises(CartStorageUnavailable):
            await call
    await pools.close()


async def test_the_migrations_make_the_tables_that_the_code_uses(pools: Pools) -> None:
    async with pools.database("cart").transaction() as tx:
        made = await tx.run_sync(lambda connection: {
            table: {column["name"] for column in inspect(connection).get_columns(table)} for table in metadata.tables
        })  # fmt: skip
    assert made == {name: set(table.columns.keys()) for name, table in metadata.tables.items()}
