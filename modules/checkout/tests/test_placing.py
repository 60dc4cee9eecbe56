"""An order: what is charged, shipped, kept and said; and what each failing step leaves behind."""

from __future__ import annotations

import uuid

import pytest

from app import Failure, Internal, ResourceExhausted, Unauthenticated, Unavailable
from app.testing import acting_as
from modules.accounts.contract import NotYours
from modules.cart.contract import CartItem, CartStorageUnavailable
from modules.catalog.contract import NoSuchProduct
from modules.checkout.contract import (
    CartEmpty,
    ChargeRefused,
    InvalidOrder,
    NotPrepared,
    ProductGone,
    ShippingFailed,
)
from modules.currency.contract import Money
from modules.orders.contract import OrderItem
from modules.payment.contract import InvalidCharge
from modules.shipping.contract import InvalidShipment

from .conftest import Shop
from .neighbours import ADDRESS, EMAIL

ANN = "acct_0d5c43ea0c1947b0a6c2b1d7f7a0c9e4"
TOTAL = Money("EUR", 64, 920_000_000)
"""Twice 2 × 8.99 + 5.49 + 8.99."""


async def test_an_order_is_charged_shipped_kept_and_confirmed_and_the_cart_is_empty(shop: Shop) -> None:
    order = await shop.place()
    world = shop.world
    assert uuid.UUID(order.order_id).version == 1
    assert order.shipping_tracking_id == "QK-20-1"
    assert order.shipping_cost == Money("EUR", 17, 980_000_000)
    assert order.shipping_address == ADDRESS
    assert order.items == (
        OrderItem(CartItem("mug", 2), Money("EUR", 17, 980_000_000)),
        OrderItem(CartItem("jar", 1), Money("EUR", 10, 980_000_000)),
    )
    assert world.charged == [TOTAL]
    assert world.charges == {order.order_id: "tx-1"}  # the neighbours see the order's id, not the shopper's key
    assert (world.recorded[0].total, world.recorded[0].user_id, world.recorded[0].email) == (TOTAL, "ann", EMAIL)
    assert world.recorded[0].placed_at.timestamp() == shop.clock.now()
    assert world.confirmed == [(EMAIL, order)]
    assert world.carts == {}
    assert world.calls[-5:-2] == ["charge", "ship_order", "record"]
    row = (await shop.rows())[0]
    assert (row.state, row.open, row.recorded, row.emptied, row.confirmed, row.refund_owed) == (
        "placed", False, True, True, True, False)  # fmt: skip


async def test_without_a_currency_it_is_paid_in_dollars(shop: Shop) -> None:
    await shop.place(currency="")
    assert shop.world.charged == [Money("USD", 32, 460_000_000)]


async def test_lines_stand_in_the_carts_order_however_many(shop: Shop) -> None:
    items = tuple(CartItem(f"p{n}", n + 1) for n in range(60))
    shop.world.carts["ann"] = items
    shop.world.prices = {f"p{n}": Money("USD", n, 999_999_999) for n in range(60)}
    assert tuple(line.item for line in (await shop.place()).items) == items


FAILING = [
    ("get_supported_currencies", Unavailable(), NotPrepared, "failed to prepare order: failed to get the currencies: "),
    ("get_cart", CartStorageUnavailable(), NotPrepared, "cart failure: Can't access cart storage. Try again later."),
    ("get_product", Unavailable(), NotPrepared, 'failed to prepare order: failed to get product #"mug": '),
    ("get_product", NoSuchProduct("mug"), ProductGone, 'failed to prepare order: failed to get product #"mug"'),
    ("convert", ResourceExhausted("no"), NotPrepared, 'failed to prepare order: failed to convert price of "mug" to '),
    ("get_quote", Internal("x"), NotPrepared, "shipping quote failure: "),
    ("get_quote", InvalidShipment("address.city", "is nowhere"), InvalidOrder, "address.city is nowhere"),
    ("charge", InvalidCharge("credit_card", "Credit card info is invalid"), ChargeRefused,
     "failed to charge card: could not charge the card: Credit card info is invalid"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "error", "kind", "words"), FAILING)
async def test_what_fails_before_the_charge_leaves_everything_as_it_was(
    step: str, error: Failure, kind: type[Failure], words: str, shop: Shop
) -> None:
    shop.world.failing[step] = error
    cart = shop.world.carts["ann"]
    with pytest.raises(kind) as failure:
        await shop.place("k-1")
    assert failure.value.text.startswith(words)
    assert (shop.world.charged, shop.world.carts["ann"], await shop.rows()) == ([], cart, [])
    shop.world.failing.clear()
    assert (await shop.place("k-1")).order_id  # the key is free


async def test_a_shipping_cost_that_cannot_be_converted_has_words_of_its_own(shop: Shop) -> None:
    shop.world.prices = {name: Money("EUR", 1) for name in ("mug", "jar")}
    shop.world.quote = Money("EUR", 1)
    order = await shop.place()
    assert order.shipping_cost == Money("EUR", 1)
    shop.world.carts["ann"] = (CartItem("mug", 1),)
    shop.world.quote = Money("EUR", -1)
    with pytest.raises(NotPrepared, match=r"^failed to prepare order: -1 units and 0 billionths are no price$"):
        await shop.place()


async def test_an_empty_cart_is_no_order(shop: Shop) -> None:
    with pytest.raises(CartEmpty, match=r"^cart is empty$"):
        await shop.place(user_id="bob")


async def test_the_first_line_that_is_gone_is_named(shop: Shop) -> None:
    shop.world.carts["ann"] = (CartItem("mug", 1), CartItem("<b>\0\x1b" + "x" * 900, 1), CartItem("y", 1))
    with pytest.raises(ProductGone) as failure:
        await shop.place()
    assert failure.value.product_id.startswith("<b>��x")
    assert len(failure.value.product_id) <= 201


@pytest.mark.parametrize("quantity", [0, -1])
async def test_a_cart_that_holds_less_than_one_of_something_is_not_charged(quantity: int, shop: Shop) -> None:
    shop.world.carts["ann"] = (CartItem("mug", quantity),)
    with pytest.raises(NotPrepared, match="cart failure: there are"):
        await shop.place()


async def test_a_total_that_no_wire_carries_is_refused(shop: Shop) -> None:
    shop.world.prices["mug"] = Money("EUR", 2**62)
    with pytest.raises(NotPrepared, match=f"in EUR it comes to more than {2**63 - 1} units"):
        await shop.place()
    assert shop.world.charged == []


async def test_a_shipment_that_fails_is_given_back_and_the_cart_is_kept(shop: Shop) -> None:
    shop.world.failing["ship_order"] = InvalidShipment("address", "cannot be reached")
    with pytest.raises(ShippingFailed, match=r"^shipping error: address cannot be reached$"):
        await shop.place("k-1")
    assert shop.world.refunded == {"tx-1"}
    assert "ann" in shop.world.carts
    assert shop.world.recorded == shop.world.confirmed == []
    assert await shop.states() == ["refunded"]
    shop.world.failing.clear()
    order = await shop.place("k-1")  # the key is free again
    assert shop.world.charges[order.order_id] == "tx-2"


@pytest.mark.parametrize("step", ["record", "empty_cart", "send_order_confirmation"])
async def test_what_fails_after_the_shipment_does_not_fail_the_order(step: str, shop: Shop) -> None:
    shop.world.failing[step] = Unavailable()
    order = await shop.place("k-1")
    assert shop.world.refunded == set()
    row = (await shop.rows())[0]
    flags = {"record": row.recorded, "empty_cart": row.emptied, "send_order_confirmation": row.confirmed}
    assert flags == {name: name != step for name in flags}
    assert await shop.place("k-1") == order


async def test_an_accounts_cart_is_ordered_by_that_account_only(shop: Shop) -> None:
    shop.world.carts[ANN] = (CartItem("mug", 1),)
    with pytest.raises(Unauthenticated):
        await shop.place(user_id=ANN)
    with acting_as("acct_ffffffffffffffffffffffffffffffff"), pytest.raises(NotYours):
        await shop.place(user_id=ANN)
    assert shop.world.calls == []
    with acting_as(ANN):
        await shop.place(user_id=ANN)
    assert shop.world.as_whom == {ANN}  # also what is done beside the call


async def test_ids_cannot_be_told_from_one_another(shop: Shop) -> None:
    ids: list[uuid.UUID] = []
    for _ in range(5):
        shop.world.carts["ann"] = (CartItem("mug", 1),)
        ids.append(uuid.UUID((await shop.place()).order_id))
    assert len({id.node for id in ids}) == 5
    assert all(id.node >> 40 & 1 for id in ids)


async def test_what_comes_to_nothing_is_not_given_away(shop: Shop) -> None:
    shop.world.rate = 0
    with pytest.raises(NotPrepared, match="USD comes to nothing in EUR"):
        await shop.place()
    assert shop.world.charged == []
    assert "ann" in shop.world.carts


async def test_what_is_free_in_the_catalogue_stays_free(shop: Shop) -> None:
    shop.world.prices["mug"] = Money("USD")
    order = await shop.place()
    assert order.items[0].cost == Money("EUR")


@pytest.mark.parametrize(
    ("tracking", "kept"),
    [
        ("", ""),
        ("<b>{}</b>", "<b>1</b>"),
        ("A\0B\r\nC: D", "A�B��C: D"),
        ("x" * 100_000, "x" * 200 + "…"),
    ],
)
async def test_a_parcel_s_number_is_one_short_line_whatever_the_carrier_calls_it(
    shop: Shop, tracking: str, kept: str
) -> None:
    shop.world.tracking = tracking
    order = await shop.place()
    assert order.shipping_tracking_id == kept
    assert [row.state for row in await shop.rows()] == ["placed"]


async def test_a_charge_under_a_number_that_no_database_takes_is_not_lost(shop: Shop) -> None:
    shop.world.transaction = "tx\0{}"
    await shop.place()
    (row,) = await shop.rows()
    assert (row.state, row.transaction_id) == ("placed", "tx�1")
