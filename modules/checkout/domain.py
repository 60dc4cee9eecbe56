"""What makes an order: fields that can be what they say, a key that names it, an id that nobody guesses."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
import uuid

import msgspec

from app import Failure
from modules.email.contract import is_address
from modules.payment.contract import CreditCardInfo
from modules.shipping.contract import Address

from .contract import InvalidOrder

LONGEST = {"street_address": 512, "city": 128, "state": 128, "country": 128}
"""Characters, as the shop's form has them."""
LONGEST_ID = 200
"""Characters of a user id or a key; no index takes more than a few of them."""
LONGEST_SHOWN = 200
"""Characters of somebody else's words that are said again; a failure has to fit into the trailers of a call."""
DEFAULT_CURRENCY = "USD"
_CODE = re.compile(r"[A-Z]{3}")
_CARD = re.compile(r"[0-9][0-9 -]{0,38}")
_HIDDEN = ("Cc", "Cs", "Zl", "Zp")


class OrderRequest(msgspec.Struct, frozen=True):
    """What is ordered where to, checked. Nothing of the card."""

    user_id: str
    currency: str
    address: Address
    email: str

    def fingerprint(self) -> str:
        """Tells this request from others. The card is no part of it: who tries another card wants the same order."""
        fields = [self.user_id, self.currency, self.address, self.email]
        return hashlib.sha256(msgspec.json.encode(fields)).hexdigest()


def order_request(user_id: str, currency: str, address: Address, email: str) -> OrderRequest:
    """Raises InvalidOrder, naming the field. Whether the currency is known is not asked here."""
    _check_text("user_id", user_id, LONGEST_ID)
    code = currency or DEFAULT_CURRENCY
    if not _CODE.fullmatch(code):
        raise InvalidOrder("user_currency", "must be three capital letters, such as USD")
    for field, longest in LONGEST.items():
        _check_text(f"address.{field}", getattr(address, field), longest)
    if not 0 < address.zip_code < 2**31:
        raise InvalidOrder("address.zip_code", f"must be a positive number, and is {address.zip_code}")
    if not is_address(email):
        raise InvalidOrder("email", "is missing" if not email else "is not an e-mail address")
    return OrderRequest(user_id, code, address, email)


def check_card(card: CreditCardInfo) -> None:
    """Whether it has the shape of a card; whether it is one, and good, is payment's to say. Raises InvalidOrder, which
    repeats nothing of it."""
    if not _CARD.fullmatch(card.credit_card_number):
        raise InvalidOrder("credit_card.credit_card_number", "must be digits, with blanks or hyphens between them")
    if not 1 <= card.credit_card_cvv <= 9999:
        raise InvalidOrder("credit_card.credit_card_cvv", "must be a number of three or four digits")
    if not 1 <= card.credit_card_expiration_month <= 12:
        raise InvalidOrder("credit_card.credit_card_expiration_month", "must be 1 to 12")
    if not 1 <= card.credit_card_expiration_year <= 9999:
        raise InvalidOrder("credit_card.credit_card_expiration_year", "must be a year, such as 2039")


def check_key(key: str | None) -> None:
    """Raises InvalidOrder for a key that is there and cannot be one."""
    if key is not None and not (0 < len(key) <= LONGEST_ID and key.isprintable()):
        raise InvalidOrder("request_id", f"must be 1 to {LONGEST_ID} printable characters")


def new_order_id() -> str:
    """A UUID of version 1, as the shop's ids are.

    Whoever knows the id of an anonymous shopper's order may read it. Python's own would have this machine's address and
    a sequence that stays: one id would give away the others. Drawn anew for each, as RFC 9562 (section 6.10) allows,
    there are 61 bits to guess beside the time.
    """
    multicast = 1 << 40  # says that it is no network card's address
    return str(uuid.uuid1(node=secrets.randbits(48) | multicast, clock_seq=secrets.randbits(14)))


def shown(text: str) -> str:
    """Somebody else's words as a failure may say them: one short line that every wire carries."""
    short = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    return "".join("�" if unicodedata.category(letter) in _HIDDEN else letter for letter in short)


def why(error: Exception) -> str:
    """What an error may say to others: a failure was meant for them, anything else was not."""
    return shown(error.text) if isinstance(error, Failure) else type(error).__name__


def without_card(text: str, card: CreditCardInfo) -> str:
    """Somebody else's words about a card, unless they repeat its number or its code: then nothing of them."""
    number = "".join(letter for letter in card.credit_card_number if letter.isdigit())
    digits = "".join(letter for letter in text if letter.isdigit())
    if number in digits or re.search(rf"(?<!\d)0*{card.credit_card_cvv}(?!\d)", text):
        return "the card was not accepted"
    return shown(text)


def _check_text(field: str, value: str, longest: int) -> None:
    if not value.strip():
        raise InvalidOrder(field, "is missing")
    if len(value) > longest:
        raise InvalidOrder(field, f"must be at most {longest} characters, and has {len(value)}")
    if any(unicodedata.category(letter) in _HIDDEN for letter in value):
        raise InvalidOrder(field, "must be one line of text, without control characters")
