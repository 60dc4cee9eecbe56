"""What the shipping module answers: what sending costs, and where a parcel is on its way to."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app import Contract, Int32, InvalidArgument, Message, command, query
from modules.cart.contract import CartItem
from modules.currency.contract import Empty, Money


class Address(Message):
    """Where a parcel goes."""

    street_address: Annotated[str, Meta(examples=["1600 Amphitheatre Parkway"])] = ""
    city: Annotated[str, Meta(examples=["Mountain View"])] = ""
    state: Annotated[str, Meta(examples=["CA"])] = ""
    country: Annotated[str, Meta(examples=["United States"])] = ""
    zip_code: Annotated[Int32, Meta(examples=[94043])] = 0


class GetQuoteResponse(Message):
    """What sending costs."""

    cost_usd: Money


class ShipOrderResponse(Message):
    """A parcel on its way."""

    tracking_id: Annotated[str, Meta(examples=["QK-44123-220123456"])]


class InvalidShipment(InvalidArgument, says="{field} {why}"):
    """What was to be sent cannot be, or not there."""

    field: str
    why: str


class Shipping(Contract, service="hipstershop.ShippingService", empty=Empty):
    """Quotes and sends parcels."""

    @query(http="POST /api/shipping/quotes", body="*", raises=(InvalidShipment,))
    async def get_quote(self, address: Address | None = None, items: tuple[CartItem, ...] = ()) -> GetQuoteResponse:
        """What sending these items costs, in USD: a flat rate, and nothing for nothing. The address may be left out."""
        ...

    @command(raises=(InvalidShipment,))
    async def ship_order(self, address: Address, items: tuple[CartItem, ...] = ()) -> ShipOrderResponse:
        """Send the items; the answer's tracking id finds them again."""
        ...
