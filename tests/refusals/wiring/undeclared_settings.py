"""A constructor asks for settings that its module does not declare."""

from app.module.declaration import Module
from app.module.settings import Settings
from app.wiring.graph import Offers, read

EXPECTED = """
Cart needs CartSettings (its parameter 'settings') in module shop, which declares no settings.
   at undeclared_settings.py:26  Module(shop)
   at undeclared_settings.py:21  Cart
   Cart (module shop)
   └ CartSettings
   fix: write Module(settings=CartSettings).
"""


class CartSettings(Settings):
    most: int = 100


class Cart:
    def __init__(self, settings: CartSettings) -> None: ...


def wrong() -> None:
    read([Module(name="shop", provide=[Cart])], Offers())
