"""Carts, kept in the module's own database."""

from __future__ import annotations

from app import Module

from .contract import Carts
from .features.add_item import AddItem
from .features.empty_cart import EmptyCart
from .features.get_cart import GetCart
from .features.take_over import TakeOver
from .settings import CartSettings
from .storage import CartStore

module = Module(
    settings=CartSettings,
    provide=[CartStore],
    exports=[Carts.by(AddItem, GetCart, EmptyCart, TakeOver)],
)
