"""Accepts the confirmation of an order."""

from __future__ import annotations

from hashlib import sha256
from uuid import uuid4

from modules.orders.contract import OrderResult

from ..contract import Emails, InvalidMessage, is_address
from ..courier import Courier
from ..domain import Clock
from ..letters import Letters
from ..storage import Outbox


class SendOrderConfirmation(Emails):
    """Answers `send_order_confirmation`."""

    def __init__(self, outbox: Outbox, letters: Letters, courier: Courier, clock: Clock) -> None:
        self._outbox = outbox
        self._letters = letters
        self._courier = courier
        self._clock = clock

    async def send_order_confirmation(self, email: str, order: OrderResult) -> None:
        if not email:
            raise InvalidMessage("email", "is missing")
        if not is_address(email):
            raise InvalidMessage("email", "is not an email address")
        id = _id_of(email, order.order_id)
        if await self._outbox.has(id):
            return
        at = self._clock.now()
        content = self._letters.confirmation(email, order, id, at)
        if await self._outbox.accept(id, email, content, at.timestamp()):
            self._courier.wake()


def _id_of(email: str, order_id: str) -> str:
    """One for each order and address, however often it is asked for; orders that are nobody's are all different."""
    if not order_id:
        return uuid4().hex
    return sha256(f"{order_id}\0{email.casefold()}".encode("utf-8", "surrogatepass")).hexdigest()
