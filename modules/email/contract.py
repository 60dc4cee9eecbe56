"""What the email module answers: confirmations on their way, and what an address looks like."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Meta

from app import Contract, InvalidArgument, command
from modules.currency.contract import Empty
from modules.orders.contract import OrderResult

EmailAddress = Annotated[
    str, Meta(max_length=254, examples=["someone@example.com"], extra_json_schema={"format": "email"})
]
"""At most 254 characters: RFC 5321, §4.5.3.1, without the angle brackets."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})*")
_ENCODED = re.compile(r"=\?.*\?=")


def is_address(text: str) -> bool:
    """Whether a text is an address by the HTML standard's rule for `<input type=email>`, of a length that mail takes.

    What programs may read as an encoded word, and so as another address, is none (RFC 2047, §5).
    """
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None and _ENCODED.search(text) is None


class InvalidMessage(InvalidArgument, says="{field} {why}"):
    """A message that cannot be written or sent there."""

    field: str
    why: str


class Emails(Contract, service="hipstershop.EmailService", empty=Empty):
    """Writes to shoppers. Not offered over REST."""

    @command(raises=(InvalidMessage,))
    async def send_order_confirmation(self, email: str, order: OrderResult) -> None:
        """Send the confirmation of an order, as text and HTML; accepted means kept until it is delivered."""
        ...
