"""What stands around every page: the menu of currencies, how much is in the cart, who is signed in."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from app import Failure, deadline
from modules.cart.contract import Cart, Carts

from .prices import Prices
from .steps import AtOnce, StepFailed
from .visitors import Visitor

PATIENCE = 1.0
"""Seconds that a page waits for what stands around it, if it can do without."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The parts of a page that are no page's own. Empty `currencies` leave the menu out, None of `pieces` the count."""

    currency: str = ""
    currencies: tuple[str, ...] = ()
    pieces: int | None = None
    signed_in: bool = False
    path: str = ""


class Frames:
    """Makes frames."""

    def __init__(self, carts: Carts, prices: Prices) -> None:
        self._carts, self._prices = carts, prices

    async def cart(self, visitor: Visitor) -> Cart:
        """The shopper's cart."""
        return await self._carts.get_cart(visitor.user_id)

    async def of(self, visitor: Visitor, cart: Cart | None = None) -> Frame:
        """The frame for a shopper; `cart` where it is known already. Raises StepFailed."""
        async with AtOnce() as at_once:
            chosen = at_once.do("could not retrieve the currencies", self._prices.chosen(visitor.currency))
            filled = None if cart else at_once.do("could not retrieve your cart", self.cart(visitor))
        cart = cart or (filled.result() if filled else Cart())
        return Frame(
            currency=chosen.result(),
            currencies=await self._prices.menu(chosen.result()),
            pieces=sum(item.quantity for item in cart.items),
            signed_in=bool(visitor.account),
            path=visitor.path,
        )

    async def around(self, visitor: Visitor) -> Frame:
        """The frame for a page that has no prices of its own: the menu and the count are left out where nobody says in
        time, as nobody must be kept from signing in by a currency."""
        frame = self.bare(visitor)
        with suppress(StepFailed, Failure):
            with deadline(PATIENCE):
                chosen = await self._prices.chosen(visitor.currency)
            frame = replace(frame, currency=chosen, currencies=await self._prices.menu(chosen))
        with suppress(Failure):
            with deadline(PATIENCE):
                cart = await self.cart(visitor)
            frame = replace(frame, pieces=sum(item.quantity for item in cart.items))
        return frame

    @staticmethod
    def bare(visitor: Visitor) -> Frame:
        """A frame that asks nobody: for pages about trouble."""
        return Frame(signed_in=bool(visitor.account), path=visitor.path)
