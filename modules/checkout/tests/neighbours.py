"""The checkout's neighbours as one small world that remembers what it was asked, fails and stands still on demand."""

from __future__ import annotations

import asyncio
from collections import Counter

from app import principal
from modules.cart.contract import Cart, CartItem, Carts
from modules.catalog.contract import Catalog, NoSuchProduct, Product
from modules.currency.contract import Currency, GetSupportedCurrenciesResponse, Money
from modules.email.contract import Emails
from modules.orders.contract import Order, OrderBook, OrderResult
from modules.payment.contract import ChargeResponse, CreditCardInfo, Payments, RefundResponse, request_id
from modules.shipping.contract import Address, GetQuoteResponse, ShipOrderResponse, Shipping

NUMBER = "4432-8015-6152-0454"
CVV = 8642
CARD = CreditCardInfo(NUMBER, CVV, 2039, 1)
ADDRESS = Address("1600 Amphitheatre Parkway", "Mountain View", "CA", "United States", 94043)
EMAIL = "someone@example.com"
RATE = 2
"""EUR for a USD."""


class Hold:
    """A call that stands still until it is let go."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.let_go = asyncio.Event()


class World:
    """What there is, and what was asked of it."""

    def __init__(self) -> None:
        self.carts: dict[str, tuple[CartItem, ...]] = {"ann": (CartItem("mug", 2), CartItem("jar", 1))}
        self.prices = {"mug": Money("USD", 8, 990_000_000), "jar": Money("USD", 5, 490_000_000)}
        self.rate = RATE
        self.quote = Money("USD", 8, 990_000_000)
        self.charges: dict[str, str] = {}
        """request_id -> transaction."""
        self.charged: list[Money] = []
        self.refunded: set[str] = set()
        self.recorded: list[Order] = []
        self.confirmed: list[tuple[str, OrderResult]] = []
        self.calls: list[str] = []
        self.as_whom: set[str] = set()
        self.failing: dict[str, Exception] = {}
        """Step -> what it answers with, before anything is done."""
        self.losing: dict[str, Exception] = {}
        """Step -> what it answers with, after it was done."""
        self.held: dict[str, Hold] = {}
        self.parcels = 0
        self.tracking = "QK-20-{}"
        self.transaction = "tx-{}"

    def hold(self, step: str) -> Hold:
        """Let the step stand still once it has been done."""
        return self.held.setdefault(step, Hold())

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.calls)

    def begin(self, step: str) -> None:
        self.calls.append(step)
        who = principal()
        self.as_whom.add(who.subject if who else "")
        if step in self.failing:
            raise self.failing[step]

    async def end(self, step: str) -> None:
        if (hold := self.held.pop(step, None)) is not None:
            hold.reached.set()
            await hold.let_go.wait()
        if step in self.losing:
            raise self.losing[step]


class _Neighbour:
    def __init__(self, world: World) -> None:
        self.world = world


class FakeCarts(_Neighbour, Carts):
    async def add_item(self, user_id: str, item: CartItem) -> None: ...

    async def take_over(self, from_user_id: str, into_user_id: str) -> None: ...

    async def get_cart(self, user_id: str) -> Cart:
        self.world.begin("get_cart")
        items = self.world.carts.get(user_id, ())
        return Cart(user_id, items) if items else Cart()

    async def empty_cart(self, user_id: str) -> None:
        self.world.begin("empty_cart")
        self.world.carts.pop(user_id, None)
        await self.world.end("empty_cart")


class FakeCatalog(_Neighbour, Catalog):
    async def get_product(self, id: str) -> Product:
        self.world.begin("get_product")
        if id not in self.world.prices:
            raise NoSuchProduct(id)
        return Product(id, id, "", "", self.world.prices[id])


class FakeCurrency(_Neighbour, Currency):
    async def get_supported_currencies(self) -> GetSupportedCurrenciesResponse:
        self.world.begin("get_supported_currencies")
        return GetSupportedCurrenciesResponse(("EUR", "USD"))

    async def convert(self, from_: Money, to_code: str) -> Money:
        self.world.begin("convert")
        if from_.currency_code == to_code:
            return from_
        units, nanos = divmod(self.world.rate * (from_.units * 10**9 + from_.nanos), 10**9)
        return Money(to_code, units, nanos)


class FakeShipping(_Neighbour, Shipping):
    async def get_quote(self, address: Address | None = None, items: tuple[CartItem, ...] = ()) -> GetQuoteResponse:
        self.world.begin("get_quote")
        return GetQuoteResponse(self.world.quote)

    async def ship_order(self, address: Address, items: tuple[CartItem, ...] = ()) -> ShipOrderResponse:
        self.world.begin("ship_order")
        self.world.parcels += 1
        await self.world.end("ship_order")
        return ShipOrderResponse(self.world.tracking.format(self.world.parcels))


class FakePayments(_Neighbour, Payments):
    async def charge(self, amount: Money, credit_card: CreditCardInfo) -> ChargeResponse:
        self.world.begin("charge")
        name = request_id.get()
        assert name is not None
        if name not in self.world.charges:
            self.world.charges[name] = self.world.transaction.format(len(self.world.charges) + 1)
            self.world.charged.append(amount)
        await self.world.end("charge")
        return ChargeResponse(self.world.charges[name])

    async def refund(self, transaction_id: str) -> RefundResponse:
        self.world.begin("refund")
        assert transaction_id in self.world.charges.values()
        self.world.refunded.add(transaction_id)
        await self.world.end("refund")
        return RefundResponse(f"back-{transaction_id}")


class FakeEmails(_Neighbour, Emails):
    async def send_order_confirmation(self, email: str, order: OrderResult) -> None:
        self.world.begin("send_order_confirmation")
        self.world.confirmed.append((email, order))
        await self.world.end("send_order_confirmation")


class FakeBook(_Neighbour, OrderBook):
    async def record(self, order: Order) -> None:
        self.world.begin("record")
        if order not in self.world.recorded:
            self.world.recorded.append(order)
        await self.world.end("record")


NEIGHBOURS = {
    Carts: FakeCarts,
    Catalog: FakeCatalog,
    Currency: FakeCurrency,
    Shipping: FakeShipping,
    Payments: FakePayments,
    Emails: FakeEmails,
    OrderBook: FakeBook,
}
