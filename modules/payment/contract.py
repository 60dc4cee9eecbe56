"""What the payment module answers: cards charged, and charges given back."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app import Contract, FailedPrecondition, Int32, InvalidArgument, Message, Metadata, NotFound, command
from modules.accounts.contract import ADMIN
from modules.currency.contract import Empty, Money

request_id = Metadata("request_id", str, header="Idempotency-Key")
"""The caller's own name for what it asks for: repeated under the same name, nothing happens twice."""


CASHIER = "cashier"
"""The role of whoever may give back. No account has it: the checkout vouches for itself. Charging needs none, as the
shop's other services have no way to say who they are; giving back is money that leaves."""


class CreditCardInfo(Message, sensitive=("credit_card_number", "credit_card_cvv")):
    """A card, as it was typed in."""

    credit_card_number: Annotated[str, Meta(examples=["4432-8015-6152-0454"])]
    """Blanks and hyphens do not count."""
    credit_card_cvv: Annotated[Int32, Meta(examples=[672])]
    credit_card_expiration_year: Annotated[Int32, Meta(examples=[2039])]
    credit_card_expiration_month: Annotated[Int32, Meta(examples=[1])]
    """1 is January; a card is good through the whole month."""


class ChargeResponse(Message):
    """A charge that was made."""

    transaction_id: str


class RefundResponse(Message):
    """A charge that was given back."""

    refund_id: str


class InvalidCharge(InvalidArgument, says="{why}"):
    """The card or the amount cannot be charged. Says nothing of the number but its last four digits."""

    field: str
    why: str


class RequestIdReused(InvalidArgument, says="request_id was used before for another amount"):
    """A request that says that it is a repetition, and is another."""


class ChargeRefunded(FailedPrecondition, says="transaction {transaction_id} was refunded"):
    """What was charged under this request_id was given back since: nothing is paid, and nothing is charged again."""

    transaction_id: str


class NoSuchTransaction(NotFound, says="no transaction with ID {transaction_id}"):
    """Nothing was charged under this id."""

    transaction_id: str


class Payments(Contract, service="hipstershop.PaymentService", empty=Empty):
    """Charges cards. Not offered over REST: only the checkout has business here."""

    @command(raises=(InvalidCharge, RequestIdReused, ChargeRefunded), metadata=[request_id])
    async def charge(self, amount: Money, credit_card: CreditCardInfo) -> ChargeResponse:
        """Charge a Visa or MasterCard. Under one request_id it is charged once, and answers the same again."""
        ...

    @command(idempotent=True, requires=(CASHIER, ADMIN), raises=(NoSuchTransaction,))
    async def refund(self, transaction_id: str) -> RefundResponse:
        """Give back the whole of a charge; once, however often this is asked. For the checkout, and for admins by hand."""
        ...
