"""The checkout among the shop's real modules, in one process and in several."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.testing import acting_as
from modules.cart.contract import CartItem, Carts
from modules.cart.module import module as cart
from modules.catalog.module import module as catalog
from modules.checkout.contract import CartEmpty, ChargeRefused, Checkout, ShippingFailed
from modules.checkout.module import module as checkout
from modules.currency.contract import Money
from modules.currency.module import module as currency
from modules.email.module import module as email
from modules.orders.contract import Orders
from modules.orders.module import module as orders
from modules.payment.contract import CreditCardInfo, request_id
from modules.payment.module import module as payment
from modules.shipping.contract import Shipping
from modules.shipping.module import module as shipping

from .neighbours import ADDRESS, EMAIL

MODULES = (checkout, cart, catalog, currency, shipping, payment, email, orders)
ANN = "acct_0d5c43ea0c1947b0a6c2b1d7f7a0c9e4"
CARD = CreditCardInfo("4432-8015-6152-0454", 672, 2039, 1)


@pytest.mark.topology("monolith", "loopback", "processes")
async def test_a_cart_becomes_an_order_in_the_history(test_host: Any) -> None:
    async with test_host(*MODULES) as host:
        with acting_as(ANN), request_id.set("k-1"):
            await host.get(Carts).add_item(ANN, CartItem("OLJCESPC7Z", 2))
            placed = (await host.get(Checkout).place_order(ANN, ADDRESS, EMAIL, CARD, "EUR")).order
            assert placed.items[0].cost == Money("EUR", 17, 682_441_398)
            assert placed.shipping_cost == Money("EUR", 7, 952_233_525)
            assert (await host.get(Carts).get_cart(ANN)).items == ()

            kept = await host.get(Orders).get_order(placed.order_id)
            assert (kept.total, kept.items, kept.email) == (Money("EUR", 43, 317_116_321), placed.items, EMAIL)
            history = await host.get(Orders).list_my_orders()
            assert [line.order_id for line in history.orders] == [placed.order_id]
            assert (await host.get(Checkout).place_order(ANN, ADDRESS, EMAIL, CARD, "EUR")).order == placed


@pytest.mark.parametrize(
    ("card", "words"),
    [
        (CreditCardInfo("4432-8015-6152-0455", 672, 2039, 1), "Credit card info is invalid"),
        (CreditCardInfo("3782 822463 10005", 672, 2039, 1), "Sorry, we cannot process amex credit cards. "),
        (CreditCardInfo("4432-8015-6152-0454", 672, 2020, 1), "Your credit card (ending 0454) expired on 1/2020"),
    ],
)
async def test_a_card_is_refused_in_payments_words(card: CreditCardInfo, words: str, test_host: Any) -> None:
    async with test_host(*MODULES) as host:
        await host.get(Carts).add_item("bob", CartItem("6E92ZMYYFZ", 1))
        with pytest.raises(ChargeRefused) as failure:
            await host.get(Checkout).place_order("bob", ADDRESS, EMAIL, card)
        assert failure.value.text.startswith(f"failed to charge card: could not charge the card: {words}")
        assert (await host.get(Carts).get_cart("bob")).items == (CartItem("6E92ZMYYFZ", 1),)
        with pytest.raises(CartEmpty):
            await host.get(Checkout).place_order("nobody", ADDRESS, EMAIL, card)


@pytest.mark.topology("monolith", "processes")
async def test_what_cannot_be_shipped_is_given_back_by_the_checkout_itself(test_host: Any, tmp_path: Path) -> None:
    host = test_host(*MODULES, settings={"database.url": f"sqlite:///{tmp_path}/files/"})
    host.faults(Shipping, before=1.0, methods=("ship_order",))
    async with host:
        with acting_as(ANN), request_id.set("k-1"):
            await host.get(Carts).add_item(ANN, CartItem("6E92ZMYYFZ", 1))
            with pytest.raises(ShippingFailed):
                await host.get(Checkout).place_order(ANN, ADDRESS, EMAIL, CARD)
            assert (await host.get(Carts).get_cart(ANN)).items == (CartItem("6E92ZMYYFZ", 1),)
    with closing(sqlite3.connect(tmp_path / "files" / "payment.db")) as database:
        assert database.execute("SELECT count(*), count(refund_id) FROM charges").fetchall() == [(1, 1)]
