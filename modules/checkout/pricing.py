"""Makes a cart into a priced draft, by asking the neighbours. Nothing is changed anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import TypeVar

from app import Failure, NotFound
from modules.cart.contract import CartItem, Carts
from modules.catalog.contract import Catalog
from modules.currency.contract import Currency, Money
from modules.orders.contract import OrderItem, OrderResult
from modules.shipping.contract import Address, InvalidShipment, Shipping

from .amounts import NoAmount, sum_of
from .clock import Clock
from .contract import CartEmpty, InvalidOrder, NotPrepared, ProductGone
from .domain import OrderRequest, shown
from .placement import Draft

T = TypeVar("T")

AT_ONCE = 16
"""Lines of one order that are priced together: a large cart must not crowd out everybody else's calls."""
PREPARING = "failed to prepare order"


class Pricing:
    """Asks carts, catalogue, currency and shipping."""

    def __init__(self, carts: Carts, catalog: Catalog, currency: Currency, shipping: Shipping, clock: Clock) -> None:
        self._carts, self._catalog, self._currency, self._shipping = carts, catalog, currency, shipping
        self._clock = clock

    async def draft(self, order_id: str, request: OrderRequest) -> Draft:
        """What the user's cart comes to. Raises InvalidOrder, CartEmpty, ProductGone, NotPrepared."""
        code = request.currency
        known, cart = await asyncio.gather(_told(self._check_currency(code)), _told(self._items(request.user_id)))
        _certain(known)
        items = _certain(cart)
        turns = asyncio.Semaphore(AT_ONCE)
        priced, quoted = await asyncio.gather(
            asyncio.gather(*(_told(self._line(item, code, turns)) for item in items)),
            _told(self._shipping_cost(request.address, items, code)),
        )
        lines = tuple(_certain(line) for line in priced)
        shipping_cost = _certain(quoted)
        return Draft(
            user_id=request.user_id,
            email=request.email,
            placed_at=datetime.fromtimestamp(self._clock.now(), UTC),
            total=_total(code, lines, shipping_cost),
            order=OrderResult(order_id, "", shipping_cost, request.address, lines),
        )

    async def _check_currency(self, code: str) -> None:
        try:
            known = (await self._currency.get_supported_currencies()).currency_codes
        except Failure as failure:
            raise NotPrepared(f"{PREPARING}: failed to get the currencies", shown(failure.text)) from failure
        if code not in known:
            raise InvalidOrder("user_currency", f"must be a currency that can be paid in, and is {code}")

    async def _items(self, user_id: str) -> tuple[CartItem, ...]:
        try:
            items = (await self._carts.get_cart(user_id)).items
        except Failure as failure:
            raise NotPrepared("cart failure", shown(failure.text)) from failure
        if not items:
            raise CartEmpty()
        for item in items:
            if item.quantity < 1:
                what = f'there are {item.quantity} of product #"{shown(item.product_id)}"'
                raise NotPrepared("cart failure", what)
        return items

    async def _line(self, item: CartItem, code: str, turns: asyncio.Semaphore) -> OrderItem:
        id = shown(item.product_id)
        async with turns:
            try:
                price = (await self._catalog.get_product(item.product_id)).price_usd
            except NotFound as failure:
                raise ProductGone(id) from failure
            except Failure as failure:
                raise NotPrepared(f'{PREPARING}: failed to get product #"{id}"', shown(failure.text)) from failure
            cost = await self._converted(price, code, f'{PREPARING}: failed to convert price of "{id}" to {code}')
        return OrderItem(item, cost)

    async def _shipping_cost(self, address: Address, items: tuple[CartItem, ...], code: str) -> Money:
        try:
            cost = (await self._shipping.get_quote(address, items)).cost_usd
        except InvalidShipment as failure:
            field = failure.field if failure.field.startswith("address") else f"cart.{failure.field}"
            raise InvalidOrder(shown(field), shown(failure.why)) from failure
        except Failure as failure:
            raise NotPrepared("shipping quote failure", shown(failure.text)) from failure
        return await self._converted(cost, code, "failed to convert shipping cost to currency")

    async def _converted(self, amount: Money, code: str, step: str) -> Money:
        try:
            converted = await self._currency.convert(amount, code)
        except Failure as failure:
            raise NotPrepared(step, shown(failure.text)) from failure
        if (amount.units or amount.nanos) and not (converted.units or converted.nanos):
            # What the original says of a currency that it does not know; nothing is given away for that.
            raise NotPrepared(step, f"{shown(amount.currency_code)} comes to nothing in {code}")
        return converted


def _total(code: str, lines: tuple[OrderItem, ...], shipping_cost: Money) -> Money:
    try:
        return sum_of(code, [(shipping_cost, 1), *((line.cost, line.item.quantity) for line in lines)])
    except NoAmount as error:
        raise NotPrepared(PREPARING, str(error)) from error


async def _told(pending: Awaitable[T]) -> T | Failure:
    """A failure as a value, so that what fails is told in the order of the steps and not of the clock."""
    try:
        return await pending
    except Failure as failure:
        return failure


def _certain(told: T | Failure) -> T:
    if isinstance(told, Failure):
        raise told
    return told
