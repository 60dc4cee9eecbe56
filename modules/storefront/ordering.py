"""The checkout's form, read into what the checkout is asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from modules.email.contract import is_address
from modules.payment.contract import CreditCardInfo
from modules.shipping.contract import Address

from .forms import Form

_CARD = re.compile(r"[0-9 ]{12,40}")
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
INT32 = 2**31 - 1
FIELDS = (
    "email", "street_address", "zip_code", "city", "state", "country", "credit_card_number",
    "credit_card_expiration_month", "credit_card_expiration_year", "credit_card_cvv",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ordered:
    """A checkout's form that is right."""

    email: str
    address: Address
    card: CreditCardInfo
    key: str
    """The form's own name, made with it: sent twice, it orders once. Empty where the client sent none."""


def read_order(form: Form) -> Ordered | None:
    """What is ordered; None where the form has errors, each beside its field."""
    email = form.text("email", "your email address", 254)
    if email and not is_address(email):
        form.wrong("email", "This is no email address. It should look like someone@example.com.")
    address = Address(
        street_address=form.text("street_address", "a street and number", 512),
        city=form.text("city", "a city", 128),
        state=form.text("state", "a state or region", 128),
        country=form.text("country", "a country", 128),
        zip_code=form.number("zip_code", "a postal code", 1, INT32),
    )
    card = CreditCardInfo(
        credit_card_number=_card_number(form),
        credit_card_cvv=form.number("credit_card_cvv", "the security code", 1, 9999),
        credit_card_expiration_year=form.number("credit_card_expiration_year", "a year", 2000, 9999),
        credit_card_expiration_month=form.number("credit_card_expiration_month", "a month", 1, 12),
    )
    key = form.typed.get("request_id", "")
    if key and not is_key(key):
        form.wrong("", "This form is out of date. Please send it again.")
    return None if form.errors else Ordered(email, address, card, key)


def is_key(text: str) -> bool:
    """Whether this can name a form."""
    return _KEY.fullmatch(text) is not None


def place(field: str) -> str:
    """The form's field for one of the checkout's, such as `credit_card.credit_card_cvv`; empty where it has none."""
    name = field.rpartition(".")[2]
    if name == "credit_card":  # said of the card as a whole
        return "credit_card_number"
    return name if name in FIELDS else ""


def _card_number(form: Form) -> str:
    """The digits. Nothing of the number is in any error."""
    text = form.typed.get("credit_card_number", "").strip()
    digits = text.replace(" ", "")
    if not text:
        form.wrong("credit_card_number", "Please enter your card number.")
    elif _CARD.fullmatch(text) is None or not 12 <= len(digits) <= 19 or not _luhn(digits):
        form.wrong(
            "credit_card_number", "This is no card number. Please check the digits; blanks are fine, hyphens are not."
        )
    return digits


def _luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812-1."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0
