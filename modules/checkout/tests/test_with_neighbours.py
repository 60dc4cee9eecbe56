"""The checkout among the shop's real modules, in one process and in several."""

from __future__ import annotations

from typing import Any

import pytest

from app.testing import acting_as
from modules.cart.contract import CartItem, Carts
from modules.cart.module import module as cart
from modules.catalog.module import module as catalog
from modules.checkout.contract import CartEmpty, ChargeRefused, Checkout
from modules.checkout.module import module as checkout
from modules.currency.contract import Money
from modules.currency.module import module as currency
from modules.email.module import module as email
from modules.orders.contract import Orders
from modules.orders.module import module as orders
from modules.payment.contract import CreditCardInfo, request_id
from modules.payment.module import module as payment
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
