"""The checkout: a cart made into an order, once.

A placement is a row of the module's own table from the moment at which a card may be charged until nothing is left to do
about it. What is left (an order that the order book has not taken yet, a confirmation, a refund) is taken up by the back
office of whichever replica sees it first. That is a small seam: whatever carries events between modules can take these
over and leave the row to say what was charged.
"""

from __future__ import annotations

from app import Module

from .back_office import BackOffice
from .clock import Bell, Clock
from .closing import Closing
from .contract import Checkout
from .features.place_order import PlaceOrder
from .fulfilment import Fulfilment
from .journal import Journal
from .pricing import Pricing
from .settings import CheckoutSettings
from .storage import Placements

module = Module(
    settings=CheckoutSettings,
    provide=[BackOffice, Bell, Clock, Closing, Fulfilment, Journal, Placements, Pricing],
    exports=[Checkout.by(PlaceOrder)],
)
