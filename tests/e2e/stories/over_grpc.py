"""A shopper's story over gRPC, told by a client of others: stubs that protoc made from their copy of the interface."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import grpc
import pytest

from ..mailbox import Mailbox
from ..stubs import Stubs
from .people import ADDRESS, CARD, CLOSE, EUROS, JAR, MUG, PRICES, SHAKERS, SHIPPING, somebody

KEYS = pytest.mark.parametrize("keyed", [True, False], ids=["with request_id", "without request_id"])


def amount(money: Any) -> Decimal:
    return money.units + Decimal(money.nanos).scaleb(-9)


def metadata(keyed: bool) -> tuple[tuple[str, str], ...]:
    return (("request_id", uuid4().hex),) if keyed else ()


def test_the_catalogue_lists_finds_and_searches(theirs: Stubs) -> None:
    pb, catalog = theirs.pb, theirs.ProductCatalogService
    products = catalog.ListProducts(pb.Empty(), timeout=30).products
    assert [product.id for product in products][:2] == ["OLJCESPC7Z", "66VCHSJNUP"]
    assert len(products) == 9
    watch = catalog.GetProduct(pb.GetProductRequest(id="1YMWWN1N4O"), timeout=30)
    assert (watch.price_usd.units, watch.price_usd.nanos, list(watch.categories)) == (109, 990000000, ["accessories"])
    found = catalog.SearchProducts(pb.SearchProductsRequest(query="KITCHEN"), timeout=30).results
    assert [product.id for product in found] == [SHAKERS, JAR]


def test_money_is_converted(theirs: Stubs) -> None:
    pb, currency = theirs.pb, theirs.CurrencyService
    assert len(currency.GetSupportedCurrencies(pb.Empty(), timeout=30).currency_codes) == 33
    dollars = pb.Money(currency_code="USD", units=19, nanos=990000000)
    euros = currency.Convert(pb.CurrencyConversionRequest(to_code="EUR", **{"from": dollars}), timeout=30)
    assert euros.currency_code == "EUR"
    assert abs(amount(euros) - Decimal("17.682441398")) < CLOSE


def test_ads_and_recommendations_are_there(theirs: Stubs) -> None:
    pb = theirs.pb
    ads = theirs.AdService.GetAds(pb.AdRequest(context_keys=["kitchen"]), timeout=30).ads
    assert [ad.redirect_url for ad in ads] == [f"/product/{JAR}", f"/product/{MUG}"]
    assert len(theirs.AdService.GetAds(pb.AdRequest(context_keys=["home"]), timeout=30).ads) == 2
    request = pb.ListRecommendationsRequest(user_id="u", product_ids=[MUG])
    liked = theirs.RecommendationService.ListRecommendations(request, timeout=30).product_ids
    assert len(set(liked)) == 5
    assert MUG not in liked


def test_a_cart_is_filled_and_emptied(theirs: Stubs) -> None:
    pb, carts, user_id = theirs.pb, theirs.CartService, str(uuid4())
    for quantity in (2, 3):
        item = pb.CartItem(product_id=MUG, quantity=quantity)
        carts.AddItem(pb.AddItemRequest(user_id=user_id, item=item), timeout=30)
    cart = carts.GetCart(pb.GetCartRequest(user_id=user_id), timeout=30)
    assert (cart.user_id, [(line.product_id, line.quantity) for line in cart.items]) == (user_id, [(MUG, 5)])
    carts.EmptyCart(pb.EmptyCartRequest(user_id=user_id), timeout=30)
    assert not carts.GetCart(pb.GetCartRequest(user_id=user_id), timeout=30).items


def test_parcels_are_quoted_and_sent(theirs: Stubs) -> None:
    pb, shipping = theirs.pb, theirs.ShippingService
    items = [pb.CartItem(product_id=MUG, quantity=2)]
    assert amount(shipping.GetQuote(pb.GetQuoteRequest(items=items), timeout=30).cost_usd) == SHIPPING
    assert amount(shipping.GetQuote(pb.GetQuoteRequest(), timeout=30).cost_usd) == 0
    sent = shipping.ShipOrder(pb.ShipOrderRequest(address=pb.Address(**ADDRESS), items=items), timeout=30)
    length = len("1600 Amphitheatre Parkway, Mountain View, CA")
    assert re.fullmatch(rf"[A-Y]{{2}}-{length}\d{{3}}-{length // 2}\d{{7}}", sent.tracking_id)


@KEYS
def test_a_card_is_charged(theirs: Stubs, keyed: bool) -> None:
    pb, charge, named = theirs.pb, theirs.PaymentService.Charge, metadata(keyed)
    money = pb.Money(currency_code="USD", units=10)
    request = pb.ChargeRequest(amount=money, credit_card=pb.CreditCardInfo(**CARD))
    made = [charge(request, timeout=30, metadata=named).transaction_id for _ in range(2)]
    assert UUID(made[0]).version == 4
    assert (made[0] == made[1]) is keyed, "once under one name, and twice without"


def test_a_confirmation_is_sent(theirs: Stubs, mailbox: Mailbox) -> None:
    pb, to = theirs.pb, somebody()
    line = pb.OrderItem(item=pb.CartItem(product_id=MUG, quantity=1), cost=pb.Money(currency_code="EUR", units=7))
    order = pb.OrderResult(
        order_id=str(uuid4()),
        shipping_tracking_id="QK-20123-101234567",
        shipping_cost=pb.Money(currency_code="EUR", units=5),
        shipping_address=pb.Address(**ADDRESS),
        items=[line],
    )
    theirs.EmailService.SendOrderConfirmation(pb.SendOrderConfirmationRequest(email=to, order=order), timeout=30)
    assert order.order_id in mailbox.wait_for(to).text


@KEYS
def test_an_order_is_placed(theirs: Stubs, mailbox: Mailbox, keyed: bool) -> None:
    pb, user_id, to, named = theirs.pb, str(uuid4()), somebody(), metadata(keyed)
    for product_id, quantity in ((MUG, 2), (SHAKERS, 1)):
        item = pb.CartItem(product_id=product_id, quantity=quantity)
        theirs.CartService.AddItem(pb.AddItemRequest(user_id=user_id, item=item), timeout=30)
    request = pb.PlaceOrderRequest(
        user_id=user_id,
        user_currency="EUR",
        address=pb.Address(**ADDRESS),
        email=to,
        credit_card=pb.CreditCardInfo(**CARD),
    )
    place = theirs.CheckoutService.PlaceOrder
    order = place(request, timeout=60, metadata=named).order
    assert UUID(order.order_id)
    assert re.fullmatch(r"[A-Z]{2}-\d+-\d+", order.shipping_tracking_id)
    assert order.shipping_address == request.address
    assert [(line.item.product_id, line.item.quantity) for line in order.items] == [(MUG, 2), (SHAKERS, 1)]
    for line in order.items:
        assert abs(amount(line.cost) - PRICES[line.item.product_id] * EUROS) < CLOSE
    assert abs(amount(order.shipping_cost) - SHIPPING * EUROS) < CLOSE
    assert not theirs.CartService.GetCart(pb.GetCartRequest(user_id=user_id), timeout=30).items
    assert order.order_id in mailbox.wait_for(to).text
    if keyed:
        assert place(request, timeout=60, metadata=named).order == order
    else:
        with pytest.raises(grpc.RpcError) as failed:
            place(request, timeout=60)
        assert (failed.value.code(), failed.value.details()) == (
            grpc.StatusCode.FAILED_PRECONDITION,
            "cart is empty",
        )


def test_health_is_known_by_service_and_as_a_whole(theirs: Stubs) -> None:
    check = theirs.channel.unary_unary("/grpc.health.v1.Health/Check")
    for name in (b"", b"hipstershop.CartService", b"hipstershop.CheckoutService"):
        assert check(b"\x0a" + bytes([len(name)]) + name if name else b"", timeout=30) == b"\x08\x01"
    with pytest.raises(grpc.RpcError) as failed:
        check(b"\x0a\x01x", timeout=30)
    assert failed.value.code() is grpc.StatusCode.NOT_FOUND
