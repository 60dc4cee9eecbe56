"""Neighbours as the pages' tests need them: they remember what they were asked, and fail when told to."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from app import Failure, principal
from modules.accounts.contract import Account, Accounts, Credentials, PasswordChange, Registration, Session
from modules.ads.contract import Ad, AdResponse, Ads
from modules.cart.contract import Cart, CartItem, Carts
from modules.catalog.contract import Catalog, ListProductsResponse, NoSuchProduct, Product, SearchProductsResponse
from modules.checkout.contract import Checkout, PlaceOrderResponse
from modules.currency.contract import Currency, GetSupportedCurrenciesResponse, Money
from modules.orders.contract import NoSuchOrder, Order, OrderHistory, OrderItem, OrderResult, Orders, OrderSummary
from modules.payment.contract import CreditCardInfo, request_id
from modules.recommendation.contract import ListRecommendationsResponse, Recommendations
from modules.shipping.contract import Address, GetQuoteResponse, Shipping

RATES = {"USD": 1, "EUR": 2, "JPY": 100, "GBP": 3, "TRY": 4, "CAD": 5, "SEK": 6}
GOODS = {
    "MUG": ("Mug", "A simple mug.", "/static/img/products/mug.jpg", 8, ("kitchen",)),
    "WATCH": ("Watch", "Gold tone.", "/static/img/products/watch.jpg", 109, ("accessories",)),
    "ODD": ("<b>Odd & Co</b>", "<script>alert(1)</script>", "https://elsewhere.example/x.jpg", 5, ()),
}
ORDERED_AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Trouble:
    """What a fake does instead of answering, by the name of the method."""

    def __init__(self) -> None:
        self.failing: dict[str, Failure] = {}
        self.hanging: set[str] = set()
        self.asked: list[str] = []

    async def met(self, name: str) -> None:
        self.asked.append(name)
        if name in self.hanging:
            await asyncio.Event().wait()
        if name in self.failing:
            raise self.failing[name]


class FakeCatalog(Catalog, Trouble):
    """Three products; `ODD` is full of hostile text."""

    def __init__(self) -> None:
        Trouble.__init__(self)
        self.sought = ""

    async def list_products(self) -> ListProductsResponse:
        await self.met("list_products")
        return ListProductsResponse(tuple(_product(id) for id in GOODS))

    async def get_product(self, id: str) -> Product:
        await self.met("get_product")
        if id not in GOODS:
            raise NoSuchProduct(id)
        return _product(id)

    async def search_products(self, query: str = "") -> SearchProductsResponse:
        await self.met("search_products")
        self.sought = query
        found = [id for id, (name, *_) in GOODS.items() if query.lower() in name.lower()]
        return SearchProductsResponse(tuple(_product(id) for id in found))


class FakeCurrency(Currency, Trouble):
    """Round rates."""

    def __init__(self) -> None:
        Trouble.__init__(self)

    async def get_supported_currencies(self) -> GetSupportedCurrenciesResponse:
        await self.met("get_supported_currencies")
        return GetSupportedCurrenciesResponse(tuple(RATES))

    async def convert(self, from_: Money, to_code: str) -> Money:
        await self.met("convert")
        return Money(to_code, from_.units * RATES[to_code], from_.nanos if to_code == "USD" else 0)


class FakeCarts(Carts, Trouble):
    """Carts in a dictionary."""

    def __init__(self) -> None:
        Trouble.__init__(self)
        self.held: dict[str, list[CartItem]] = {}

    async def add_item(self, user_id: str, item: CartItem) -> None:
        await self.met("add_item")
        self.held.setdefault(user_id, []).append(item)

    async def get_cart(self, user_id: str) -> Cart:
        await self.met("get_cart")
        held = self.held.get(user_id, [])
        return Cart(user_id if held else "", tuple(held))

    async def empty_cart(self, user_id: str) -> None:
        await self.met("empty_cart")
        self.held.pop(user_id, None)


class FakeShipping(Shipping, Trouble):
    """A flat rate."""

    def __init__(self) -> None:
        Trouble.__init__(self)

    async def get_quote(self, address: Address | None = None, items: tuple[CartItem, ...] = ()) -> GetQuoteResponse:
        await self.met("get_quote")
        return GetQuoteResponse(Money("USD", 8, 990_000_000))


class FakeRecommendations(Recommendations, Trouble):
    """Always recommends the watch."""

    def __init__(self) -> None:
        Trouble.__init__(self)
        self.ids: tuple[str, ...] = ("WATCH",)

    async def list_recommendations(
        self, user_id: str = "", product_ids: tuple[str, ...] = ()
    ) -> ListRecommendationsResponse:
        await self.met("list_recommendations")
        return ListRecommendationsResponse(self.ids)


class FakeAds(Ads, Trouble):
    """One ad for everything."""

    def __init__(self) -> None:
        Trouble.__init__(self)
        self.ads: tuple[Ad, ...] = (Ad("/product/WATCH", "Watches: second one free"),)

    async def get_ads(self, context_keys: tuple[str, ...] = ()) -> AdResponse:
        await self.met("get_ads")
        return AdResponse(self.ads)


class FakeCheckout(Checkout, Trouble):
    """Places every order, in the currency that is asked for."""

    def __init__(self) -> None:
        Trouble.__init__(self)
        self.keys: list[str | None] = []
        self.placed: list[tuple[str, Address, str, str]] = []
        self.first: list[Failure] = []
        """Failures of the first calls, in their order."""

    async def place_order(
        self, user_id: str, address: Address, email: str, credit_card: CreditCardInfo, user_currency: str = ""
    ) -> PlaceOrderResponse:
        self.keys.append(request_id.get())
        if self.first:
            raise self.first.pop(0)
        await self.met("place_order")
        self.placed.append((user_id, address, email, user_currency))
        lines = (OrderItem(CartItem("MUG", 2), Money(user_currency, 8, 990_000_000)),)
        return PlaceOrderResponse(
            OrderResult("order-1", "QK-20-1041234567", Money(user_currency, 8, 990_000_000), address, lines)
        )


class FakeAccounts(Accounts, Trouble):
    """One account, `token` is its token."""

    def __init__(self, token: str = "token", account_id: str = "acct_" + "0" * 32) -> None:
        Trouble.__init__(self)
        self.token, self.account_id = token, account_id
        self.credentials: Credentials | None = None
        self.registered: Registration | None = None
        self.changed: PasswordChange | None = None
        self.name = "Ann <Example>"

    async def register(self, registration: Registration) -> Account:
        await self.met("register")
        self.registered = registration
        return self._account()

    async def sign_in(self, credentials: Credentials) -> Session:
        await self.met("sign_in")
        self.credentials = credentials
        return Session(self.token, 3600, self.account_id)

    async def get_me(self) -> Account:
        await self.met("get_me")
        return self._account()

    async def rename_me(self, name: str) -> Account:
        await self.met("rename_me")
        self.name = name
        return self._account()

    async def change_password(self, change: PasswordChange) -> None:
        await self.met("change_password")
        self.changed = change

    def _account(self) -> Account:
        return Account(self.account_id, "ann@example.com", self.name, ORDERED_AT)


class FakeOrders(Orders, Trouble):
    """One order, of whoever asks."""

    def __init__(self) -> None:
        Trouble.__init__(self)
        self.history = OrderHistory()
        self.after = ""

    async def get_order(self, order_id: str) -> Order:
        await self.met("get_order")
        if order_id != "order-1":
            raise NoSuchOrder(order_id)
        address = Address("1 Shore Road", "Laurasia", "North", "Pangaea", 12345)
        lines = (
            OrderItem(CartItem("MUG", 2), Money("USD", 8, 990_000_000)),
            OrderItem(CartItem("OLD", 1), Money("USD", 1)),
        )
        return Order(
            "order-1", "someone", "ann@example.com", ORDERED_AT, Money("USD", 27, 970_000_000), "QK-20-1041234567",
            Money("USD", 8, 990_000_000), address, lines,
        )  # fmt: skip

    async def list_my_orders(self, limit: int = 20, after: str = "") -> OrderHistory:
        await self.met("list_my_orders")
        assert principal() is not None
        self.after = after
        return self.history


ONE_ORDER = OrderSummary("order-1", ORDERED_AT, Money("USD", 27, 970_000_000), 2, "QK-20-1041234567")


def _product(id: str) -> Product:
    name, description, picture, units, categories = GOODS[id]
    return Product(id, name, description, picture, Money("USD", units, 990_000_000), categories)
