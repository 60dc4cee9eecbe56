"""Anonymous carts become an account's when their shopper signs in; on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio

import pytest

from app import Principal, Unauthenticated
from app.ambient import Ambient, using
from app.storing.pools import Pools
from modules.accounts.contract import ADMIN, NotYours
from modules.cart.contract import Cart, CartItem, InvalidItem
from modules.cart.domain import merged
from modules.cart.features.add_item import AddItem
from modules.cart.features.empty_cart import EmptyCart
from modules.cart.features.get_cart import GetCart
from modules.cart.features.take_over import TakeOver
from modules.cart.settings import CartSettings
from modules.cart.storage import CartStore

ANN = "acct_" + "a" * 32
BOB = "acct_" + "b" * 32


async def _fill(store: CartStore, user: str, *items: tuple[str, int]) -> None:
    for product, quantity in items:
        await store.add(user, CartItem(product, quantity))


async def _take_over(
    store: CartStore, from_: str = "anonymous", into: str = ANN, who: str = ANN, role: str = ""
) -> None:
    with using(Ambient(principal=Principal(who, frozenset({role} if role else ())))):
        await TakeOver(store).take_over(from_, into)


async def test_quantities_are_added_and_new_products_come_last(store: CartStore) -> None:
    await _fill(store, ANN, ("mug", 1))
    await _fill(store, "anonymous", ("jar", 2), ("mug", 3), ("watch", 1))
    await _take_over(store)
    assert await store.items(ANN) == (CartItem("mug", 4), CartItem("jar", 2), CartItem("watch", 1))
    assert await store.items("anonymous") == ()


async def test_an_account_without_a_cart_gets_the_whole_of_it(store: CartStore) -> None:
    await _fill(store, "anonymous", ("jar", 2), ("mug", 3))
    await _take_over(store)
    assert await store.items(ANN) == (CartItem("jar", 2), CartItem("mug", 3))
    await _fill(store, ANN, ("watch", 1), ("mug", 1))
    assert await store.items(ANN) == (CartItem("jar", 2), CartItem("mug", 4), CartItem("watch", 1))


async def test_what_does_not_fit_is_left_out(store: CartStore) -> None:
    await _fill(store, ANN, ("mug", 1000), ("jar", 1))
    await _fill(store, "anonymous", ("watch", 1), ("mug", 1000), ("loafers", 1))
    await _take_over(store)
    assert await store.items(ANN) == (CartItem("mug", 1500), CartItem("jar", 1), CartItem("watch", 1))
    assert await store.items("anonymous") == ()


async def test_a_cart_that_holds_more_than_is_allowed_by_now_gets_no_smaller(store: CartStore, pools: Pools) -> None:
    await _fill(store, ANN, ("mug", 7), ("jar", 1))
    await _fill(store, "anonymous", ("mug", 1), ("watch", 1))
    await _take_over(CartStore(pools.database("cart"), CartSettings(max_lines=1, max_stored=5)))
    assert await store.items(ANN) == (CartItem("mug", 7), CartItem("jar", 1))


def test_nothing_is_held_beyond_a_bound_on_what_comes() -> None:
    assert merged({}, [CartItem("mug", 1000)], max_lines=1, max_stored=10) == (CartItem("mug", 10),)


async def test_an_anonymous_cart_that_is_not_there_changes_nothing(store: CartStore) -> None:
    await _fill(store, ANN, ("mug", 1))
    await _take_over(store, "nobody")
    await _take_over(store, "nobody", BOB, BOB)
    assert (await store.items(ANN), await store.items(BOB)) == ((CartItem("mug", 1),), ())


async def test_a_cart_taken_into_itself_stays_as_it_was(store: CartStore) -> None:
    await _fill(store, ANN, ("mug", 1))
    await _fill(store, "anonymous", ("jar", 1))
    await _take_over(store, ANN, ANN)
    await _take_over(store, "anonymous", "anonymous")
    assert (await store.items(ANN), await store.items("anonymous")) == ((CartItem("mug", 1),), (CartItem("jar", 1),))


@pytest.mark.parametrize(
    ("from_", "into", "words"),
    [
        (BOB, ANN, "from_user_id is an account's"),
        ("", ANN, "from_user_id is missing"),
        ("a\0n", ANN, "from_user_id .* NUL"),
        ("a" * 201, ANN, "from_user_id must be at most 200"),
        ("anonymous", "", "into_user_id is missing"),
        ("anonymous", "i" * 201, "into_user_id must be at most 200"),
    ],
)
async def test_ids_that_cannot_be_are_refused_by_name(from_: str, into: str, words: str, store: CartStore) -> None:
    await _fill(store, BOB, ("mug", 1))
    with pytest.raises(InvalidItem, match=words):
        await _take_over(store, from_, into)
    assert await store.items(BOB) == (CartItem("mug", 1),)


async def test_an_accounts_cart_is_for_that_account_and_for_admins(store: CartStore) -> None:
    item = CartItem("mug", 1)
    await _fill(store, "anonymous", ("mug", 1))
    for call in (AddItem(store).add_item(ANN, item), GetCart(store).get_cart(ANN), EmptyCart(store).empty_cart(ANN)):
        with pytest.raises(Unauthenticated, match="this cart belongs to an account: sign in"):
            await call
    with using(Ambient(principal=Principal(BOB))):
        for call in (
            AddItem(store).add_item(ANN, item),
            GetCart(store).get_cart(ANN),
            EmptyCart(store).empty_cart(ANN),
            TakeOver(store).take_over("anonymous", ANN),
        ):
            with pytest.raises(NotYours, match="this cart belongs to another account"):
                await call
    await _take_over(store, who="somebody", role=ADMIN)
    with using(Ambient(principal=Principal(ANN))):
        await AddItem(store).add_item(ANN, item)
        assert await GetCart(store).get_cart(ANN) == Cart(ANN, (CartItem("mug", 2),))
        await EmptyCart(store).empty_cart(ANN)
        assert await GetCart(store).get_cart(ANN) == Cart()


async def test_take_overs_at_once_neither_lose_nor_double(store: CartStore) -> None:
    for n in range(8):
        await _fill(store, f"anonymous-{n}", ("mug", 1), (f"p{n % 2}", 10))
    await asyncio.gather(*(_take_over(store, f"anonymous-{n}") for n in range(8) for _ in range(3)))
    assert set(await store.items(ANN)) == {CartItem("mug", 8), CartItem("p0", 40), CartItem("p1", 40)}


async def test_one_cart_goes_to_one_of_those_who_want_it_at_once(store: CartStore) -> None:
    await _fill(store, "anonymous", ("mug", 3))
    await asyncio.gather(_take_over(store), _take_over(store, into=BOB, who=BOB))
    assert sorted([await store.items(ANN), await store.items(BOB)], key=len) == [(), (CartItem("mug", 3),)]


async def test_adding_while_a_cart_is_taken_over_loses_nothing(store: CartStore) -> None:
    async def shop(user: str) -> None:
        for _ in range(20):
            await store.add(user, CartItem("mug", 1))

    async def take_over() -> None:
        for _ in range(10):
            await _take_over(store)

    await asyncio.gather(shop("anonymous"), shop(ANN), take_over())
    await _take_over(store)
    assert await store.items(ANN) == (CartItem("mug", 40),)


async def test_carts_taken_into_each_other_at_once_end_up_whole(store: CartStore) -> None:
    for _ in range(5):
        await _fill(store, "one", ("mug", 1))
        await _fill(store, "two", ("mug", 1))
        await asyncio.gather(store.move("one", "two"), store.move("two", "one"))
    left = [*await store.items("one"), *await store.items("two")]
    assert sum(item.quantity for item in left) == 10
