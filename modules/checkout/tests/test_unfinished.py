"""Unfinished business: the back office takes it up, later and later, on one replica at a time, until it is done."""

from __future__ import annotations

import asyncio

import pytest

from app import Database, Unavailable, Unimplemented
from modules.cart.contract import CartItem
from modules.checkout.back_office import BackOffice
from modules.checkout.contract import ChargeFailed, ShippingFailed
from modules.checkout.storage import Placements, placements
from modules.email.contract import InvalidMessage

from .conftest import Shop, until


async def _closed(shop: Shop) -> bool:
    return not any(row.open for row in await shop.rows())


@pytest.mark.parametrize("step", ["record", "send_order_confirmation"])
async def test_what_was_not_done_is_done_later(step: str, shop: Shop) -> None:
    shop.world.failing[step] = Unavailable()
    order = await shop.place()
    assert (await shop.rows())[0].open
    shop.world.failing.clear()
    shop.clock.advance(1)
    await until(lambda: _closed(shop))
    assert [kept.order_id for kept in shop.world.recorded] == [order.order_id]
    assert [said.order_id for _, said in shop.world.confirmed] == [order.order_id]
    assert shop.world.counts["charge"] == shop.world.counts["ship_order"] == 1


async def test_a_refund_that_is_owed_is_given_back_later_and_frees_the_key(shop: Shop) -> None:
    shop.world.failing = {"ship_order": Unavailable(), "refund": Unavailable()}
    with pytest.raises(ShippingFailed):
        await shop.place("k-1")
    row = (await shop.rows())[0]
    assert (row.state, row.refund_owed, row.transaction_id) == ("refunding", True, "tx-1")
    shop.world.failing.clear()
    shop.clock.advance(1)
    await until(lambda: _closed(shop))
    assert shop.world.refunded == {"tx-1"}
    assert (await shop.rows())[0].refund_owed is False
    assert (await shop.place("k-1")).order_id in shop.world.charges


async def test_it_is_tried_later_each_time(shop: Shop) -> None:
    shop.world.failing = {"ship_order": Unavailable(), "refund": Unavailable()}
    with pytest.raises(ShippingFailed):
        await shop.place()
    for tries, wait in enumerate((1, 2, 4, 8), start=1):
        row = (await shop.rows())[0]
        assert (row.tries, row.due_at) == (tries, shop.clock.now() + wait)
        shop.clock.advance(wait - 0.5)
        await asyncio.sleep(0.02)
        assert shop.world.counts["refund"] == tries
        shop.clock.advance(0.5)
        await until(lambda tries=tries: _tried(shop, tries + 1))


async def _tried(shop: Shop, times: int) -> bool:
    return (await shop.rows())[0].tries == times


async def test_pauses_grow_no_longer_than_is_set(shop: Shop) -> None:
    shop.world.failing["record"] = Unavailable()
    await shop.place()
    database = shop.hosts[0].get(Database, "checkout")
    async with database.transaction() as tx:
        await tx.execute(placements.update().values(tries=1000))
    shop.clock.advance(1)
    await until(lambda: _tried(shop, 1001))
    assert (await shop.rows())[0].due_at == shop.clock.now() + 300


async def test_an_attempt_that_crashed_after_the_charge_was_noted_is_finished_without_the_card(shop: Shop) -> None:
    await _crash_in_the_middle(shop)
    shop.clock.advance(46)
    await until(lambda: _closed(shop))
    assert await shop.states() == ["placed"]
    assert shop.world.counts["charge"] == 1
    assert len(shop.world.recorded) == len(shop.world.confirmed) == 1
    assert shop.world.carts == {}  # what was ordered is still in it, so it is emptied


async def test_what_came_into_the_cart_since_stays_in_it(shop: Shop) -> None:
    await _crash_in_the_middle(shop)
    shop.world.carts["ann"] += (CartItem("mug", 5),)
    shop.clock.advance(46)
    await until(lambda: _closed(shop))
    assert len(shop.world.carts["ann"]) == 3


async def test_an_attempt_that_crashed_and_cannot_be_shipped_is_given_back(shop: Shop) -> None:
    await _crash_in_the_middle(shop)
    shop.world.failing["ship_order"] = Unavailable()
    shop.clock.advance(46)
    await until(lambda: _closed(shop))
    assert await shop.states() == ["refunded"]
    assert shop.world.refunded == {"tx-1"}


async def test_a_charge_that_nobody_came_back_for_is_told_once_and_can_still_be_gone_on_with(
    shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    shop.world.losing["charge"] = Unavailable()
    with pytest.raises(ChargeFailed):
        await shop.place("k-1")
    shop.world.losing.clear()
    order_id = (await shop.rows())[0].order_id
    shop.clock.advance(899)
    await asyncio.sleep(0.02)
    assert await shop.states() == ["charging"]
    shop.clock.advance(1)
    await until(lambda: _closed(shop))
    assert await shop.states() == ["unresolved"]
    said = capfd.readouterr()
    assert "nobody knows whether the card of an order was charged" in said.out + said.err
    assert order_id in said.out + said.err
    assert (await shop.place("k-1")).order_id == order_id
    assert len(shop.world.charged) == 1


async def test_an_address_that_takes_no_mail_is_given_up(shop: Shop) -> None:
    shop.world.failing["send_order_confirmation"] = InvalidMessage("email", "is nobody")
    await shop.place()
    assert await _closed(shop)


async def test_of_two_replicas_one_takes_it_up(shop: Shop) -> None:
    await shop.open()
    shop.world.failing["send_order_confirmation"] = Unavailable()
    for n in range(10):
        shop.world.carts["ann"] = (CartItem("mug", n + 1),)
        await shop.place()
    shop.world.failing.clear()
    shop.clock.advance(1)
    offices = [host.get(BackOffice, "checkout") for host in shop.hosts]
    await asyncio.gather(*(office.take_up() for office in offices * 3))
    await until(lambda: _closed(shop))
    assert len(shop.world.confirmed) == 10


async def test_no_more_are_taken_at_once_than_are_set(shop: Shop) -> None:
    shop.world.failing["send_order_confirmation"] = Unavailable()
    for n in range(5):
        shop.world.carts["ann"] = (CartItem("mug", n + 1),)
        await shop.place()
    store = shop.hosts[0].get(Placements, "checkout")
    far = shop.clock.now() + 1e6
    taken = [len(await store.take_due(far, far + 1, 2)) for _ in range(4)]
    assert taken == [2, 2, 1, 0]


async def test_business_of_another_process_is_seen_within_the_interval(shop: Shop) -> None:
    shop.world.failing["record"] = Unavailable()
    await shop.place()
    await shop.close()  # the one that left it is gone
    shop.world.failing.clear()
    shop.clock.advance(30)
    await shop.open()
    await until(lambda: _closed(shop))
    assert len(shop.world.recorded) == 1


async def test_what_is_done_is_remembered_for_so_long_and_what_is_owed_for_good(shop: Shop) -> None:
    await shop.place("k-1")
    shop.world.carts["ann"] = (CartItem("mug", 1),)
    shop.world.failing = {"ship_order": Unavailable(), "refund": Unimplemented()}
    with pytest.raises(ShippingFailed):
        await shop.place("k-2")
    office = shop.hosts[0].get(BackOffice, "checkout")
    shop.clock.advance(29 * 86_400)
    await office.take_up()
    assert len(await shop.rows()) == 2
    shop.clock.advance(86_401)
    await office.take_up()
    assert [row.key for row in await shop.rows()] == ["k-2"]


async def _crash_in_the_middle(shop: Shop) -> None:
    """The charge is noted, and nobody works on it any more."""
    hold = shop.world.hold("ship_order")
    dying = asyncio.create_task(shop.place("k-1"))
    await hold.reached.wait()
    row = (await shop.rows())[0]
    assert row.state == "charged"
    store = shop.hosts[0].get(Placements, "checkout")
    left = await store.find("ann", "k-1")
    assert left is not None
    assert await store.take_over(left, row.lease_until, row.lease_until) is not None
    hold.let_go.set()
    with pytest.raises(Exception, match="being placed"):
        await dying
