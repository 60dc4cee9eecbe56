"""The storefront: the shop's pages, rendered here from what the other modules answer."""

from __future__ import annotations

from app import Module

from .assets import Assets
from .baskets import Baskets
from .beside import Beside
from .frames import Frames
from .pages.account import AccountPages
from .pages.cart import CartPages
from .pages.cart_view import CartView
from .pages.checkout import CheckoutPages
from .pages.currency import CurrencyPages
from .pages.files import Elsewhere, Files
from .pages.home import HomePages
from .pages.orders import OrderPages
from .pages.product import ProductPages, ProductView
from .pages.signing import SigningPages
from .prices import Clock, Prices
from .receipts import Receipts
from .rendering import Rendering
from .settings import StorefrontSettings
from .shelves import Shelves
from .shop import Shop

module = Module(
    settings=StorefrontSettings,
    provide=[
        Assets, Baskets, Beside, CartView, Clock, Frames, Prices, ProductView, Receipts, Rendering, Shelves, Shop,
    ],
    controllers=[
        HomePages, ProductPages, CartPages, CheckoutPages, CurrencyPages, SigningPages, AccountPages, OrderPages, Files,
        Elsewhere,
    ],
)  # fmt: skip
