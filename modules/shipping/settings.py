"""What can be set in `[modules.shipping]`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app import Settings


class ShippingSettings(Settings):
    """What sending costs."""

    flat_rate: Annotated[str, Meta(pattern=r"^[0-9]{1,9}(\.[0-9]{1,9})?$")] = "8.99"
    """US dollars for anything at all, as decimal text: the rate is exactly what stands here."""
    most_pieces: Annotated[int, Meta(ge=1, le=2**31 - 1)] = 1_000_000
    """Pieces of all products together that go as one shipment."""
