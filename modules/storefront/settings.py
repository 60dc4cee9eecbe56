"""What can be set in `[modules.storefront]`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app import Settings


class StorefrontSettings(Settings):
    """How long the pages wait for what they can do without, and how long they remember what hardly changes."""

    ads_deadline: Annotated[float, Meta(gt=0, le=5)] = 0.1
    """Seconds until a page goes out without an ad."""
    recommendations_deadline: Annotated[float, Meta(gt=0, le=5)] = 0.5
    """Seconds until a page goes out without recommendations."""
    remember_currencies: Annotated[float, Meta(ge=0, le=3600)] = 30.0
    """Seconds for which the list of currencies is believed to stay as it is."""
    orders_on_a_page: Annotated[int, Meta(ge=1, le=100)] = 10
    checkout_tries: Annotated[int, Meta(ge=1, le=100)] = 20
    """How often a second click asks for the order that the first one is placing."""
    checkout_pause: Annotated[float, Meta(ge=0, le=5)] = 0.25
    """Seconds between these."""
