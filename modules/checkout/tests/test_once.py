"""One key, one order, one charge: repeated, raced, on several replicas, after a crash and after its shopper has gone."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from app import DeadlineExceeded, Unavailable, deadline
from app.ambient import Ambient
from modules.cart.contract import CartItem
from modules.checkout.contract import BeingPlaced, ChargeFailed, KeyReused, ShippingFailed
from modules.checkout.journal import Journal
from modules.checkout.storage import Placements
from modules.orders.contract import OrderResult
from modules.payment.contract import CreditCardInfo

from .conftest import Shop, gone, until
from .neighbours import ADDRESS


async def test_the_same_key_gets_the_same_order_and_nothing_is_done_again(shop: Shop) -> None:
    order = await shop.place("k-1")
    calls = list(shop.world.calls)
    shop.world.carts["ann"] = (CartItem("mug", 9),)
    assert await shop.place("k-1") == order
    assert await shop.place("k-1", card=CreditCardInfo("5555", 1, 2040, 2)) == order  # the card is no part of it
    assert shop.world.calls == calls


async def test_without_a_key_each_request_is_an_order(shop: Shop) -> None:
    first = await shop.place()
    shop.world.carts["ann"] = (CartItem("mug", 1),)
    assert (await shop.place()).order_id != first.order_id
    assert len(shop.world.charges) == 2


async def test_a_key_is_its_users_own(shop: Shop) -> None:
    shop.world.carts["bob"] = (CartItem("mug", 1),)
    assert await shop.place("k-1") != await shop.place("k-1", user_id="bob")


@pytest.mark.parametrize(
    "other",
    [{"currency": "USD"}, {"email": "other@example.com"},
     {"address": msgspec.structs.replace(ADDRESS, city="Mountain view")}],
)  # fmt: skip
async def test_a_key_is_not_for_another_order(other: dict[str, str], shop: Shop) -> None:
    await shop.place("k-1")
    with pytest.raises(KeyReused, match=r"^this key was used before for another order$"):
        await shop.place("k-1", **other)  # type: ignore[arg-type]
    assert len(shop.world.charges) == 1


async def test_a_request_that_is_under_way_is_not_begun_again(shop: Shop) -> None:
    hold = shop.world.hold("charge")
    first = asyncio.create_task(shop.place("k-1"))
    await hold.reached.wait()
    with pytest.raises(BeingPlaced):
        await shop.place("k-1")
    with pytest.raises(KeyReused):
        await shop.place("k-1", currency="USD")
    hold.let_go.set()
    assert await first == await shop.place("k-1")
    assert shop.world.counts["charge"] == 1


async def test_many_at_once_on_two_replicas_are_one_charge(shop: Shop) -> None:
    await shop.open()
    told = await asyncio.gather(*(shop.place("k-1", replica=n % 2) for n in range(12)), return_exceptions=True)
    orders = [one for one in told if isinstance(one, OrderResult)]
    assert all(isinstance(one, (OrderResult, BeingPlaced)) for one in told), told
    assert len({order.order_id for order in orders}) == 1
    assert (len(shop.world.charged), shop.world.parcels, len(shop.world.recorded)) == (1, 1, 1)
    assert await shop.place("k-1", replica=1) == orders[0]


async def test_a_shopper_who_hangs_up_has_an_order_all_the_same(shop: Shop) -> None:
    hold = shop.world.hold("charge")
    first = asyncio.create_task(shop.place("k-1"))
    await hold.reached.wait()
    await gone(first)
    hold.let_go.set()
    await until(lambda: shop.world.confirmed)
    await until(lambda: _is(shop, ["placed"]))
    order = await shop.place("k-1")
    assert [kept.order_id for kept in shop.world.recorded] == [order.order_id]
    assert shop.world.counts["charge"] == 1


@pytest.mark.parametrize("step", ["charge", "ship_order"])
async def test_a_deadline_is_kept_and_the_order_is_not_lost(step: str, shop: Shop) -> None:
    hold = shop.world.hold(step)

    async def impatient() -> None:
        with deadline(600) as scope:
            scopes.append(scope)
            await shop.place("k-1")

    scopes: list[Ambient] = []
    first = asyncio.create_task(impatient())
    await hold.reached.wait()
    scopes[0].expiry.expire()  # its time is over in the middle of the step, however fast this machine is
    with pytest.raises(DeadlineExceeded):
        await first
    hold.let_go.set()
    await until(lambda: _is(shop, ["placed"]))
    assert (await shop.place("k-1")).order_id in shop.world.charges


async def test_a_process_that_stops_finishes_what_it_has_begun(shop: Shop) -> None:
    hold = shop.world.hold("charge")
    first = asyncio.create_task(shop.place("k-1"))
    await hold.reached.wait()
    await gone(first)
    closing = asyncio.create_task(shop.close())
    await asyncio.sleep(0)
    hold.let_go.set()
    await closing
    assert len(shop.world.confirmed) == 1


async def test_after_an_answer_that_got_lost_the_same_key_learns_of_the_charge(shop: Shop) -> None:
    shop.world.losing["charge"] = Unavailable()
    with pytest.raises(ChargeFailed):
        await shop.place("k-1")
    shop.world.losing.clear()
    shop.world.carts["ann"] = (CartItem("jar", 7),)  # what was charged is what is sent, whatever is in the cart since
    shop.world.prices.clear()
    order = await shop.place("k-1")
    assert [line.item.product_id for line in order.items] == ["mug", "jar"]
    assert shop.world.charges == {order.order_id: "tx-1"}
    assert shop.world.carts["ann"] == (CartItem("jar", 7),)


async def test_a_crashed_attempt_is_gone_on_with_when_its_lease_is_over(shop: Shop) -> None:
    crashed = await _crash_after_the_charge(shop)
    with pytest.raises(BeingPlaced):
        await shop.place("k-1")
    shop.clock.advance(shop.hosts[0].get(Journal, "checkout").lease + 1)
    order = await shop.place("k-1")
    assert order.order_id == crashed
    assert shop.world.charges == {crashed: "tx-1"}
    assert len(shop.world.charged) == 1


async def test_of_many_who_find_a_crashed_attempt_one_goes_on(shop: Shop) -> None:
    await shop.open()
    crashed = await _crash_after_the_charge(shop)
    shop.clock.advance(
        shop.hosts[0].get(Journal, "checkout").lease + 1
    )  # and not so late that the background has a look
    told = await asyncio.gather(*(shop.place("k-1", replica=n % 2) for n in range(8)), return_exceptions=True)
    assert {one.order_id for one in told if isinstance(one, OrderResult)} == {crashed}
    assert all(isinstance(one, (OrderResult, BeingPlaced)) for one in told), told
    assert (len(shop.world.charged), shop.world.parcels) == (1, 1)


async def test_an_attempt_that_was_thought_crashed_does_not_go_on(shop: Shop) -> None:
    hold = shop.world.hold("charge")
    slow = asyncio.create_task(shop.place("k-1"))
    await hold.reached.wait()
    shop.clock.advance(46)
    order = await shop.place("k-1")
    hold.let_go.set()
    with pytest.raises(BeingPlaced):
        await slow
    assert (len(shop.world.charged), shop.world.parcels, len(shop.world.confirmed)) == (1, 1, 1)
    assert await shop.place("k-1") == order


async def test_while_a_refund_is_owed_the_key_is_not_charged_again(shop: Shop) -> None:
    shop.world.failing = {"ship_order": Unavailable(), "refund": Unavailable()}
    for _ in range(2):
        with pytest.raises(ShippingFailed):
            await shop.place("k-1")
    assert len(shop.world.charged) == 1


async def _crash_after_the_charge(shop: Shop) -> str:
    """What `kill -9` leaves behind between the charge and its note: a row that says charging. Returns the order's id."""
    host = shop.hosts[0]
    hold = shop.world.hold("charge")
    dying = asyncio.create_task(shop.place("k-1"))
    await hold.reached.wait()
    row = (await shop.rows())[0]
    left = await host.get(Placements, "checkout").find("ann", "k-1")
    assert left is not None
    # The one that holds still is made to lose its turn, as if it were dead; its lease stays.
    taken = await host.get(Placements, "checkout").take_over(left, row.lease_until, row.lease_until)
    assert taken is not None
    hold.let_go.set()
    with pytest.raises(BeingPlaced):
        await dying
    return row.order_id


async def _is(shop: Shop, states: list[str]) -> bool:
    return await shop.states() == states
