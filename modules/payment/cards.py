"""Cards: whose brand they are, whether their numbers can be, and until when they are good.

Numbers and security codes go no further than this: what leaves is a brand and the last four digits.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from .contract import CreditCardInfo, InvalidCharge

NUMBER, CVV = "credit_card.credit_card_number", "credit_card.credit_card_cvv"
YEAR, MONTH = "credit_card.credit_card_expiration_year", "credit_card.credit_card_expiration_month"
INVALID = "Credit card info is invalid"
LONGEST_TYPED = 64
"""Characters of a number as it was typed in, blanks and hyphens included."""
ACCEPTED = ("visa", "mastercard")


class Brand(NamedTuple):
    """An issuer's name, what its numbers begin with (from-to, of as many digits as stand there) and their lengths."""

    name: str
    begins: tuple[tuple[int, int], ...]
    digits: range


class Payer(NamedTuple):
    """What may be known of a card once it was found good."""

    brand: str
    last_four: str


def _exactly(count: int) -> range:
    return range(count, count + 1)


# The first that fits counts: some beginnings are part of others. Visa Electron's are among Visa's; they are Visa cards.
BRANDS = (
    Brand("amex", ((34, 34), (37, 37)), _exactly(15)),
    Brand("diners_club_carte_blanche", ((300, 305),), _exactly(14)),
    Brand("diners_club_international", ((36, 36), (38, 39), (309, 309)), _exactly(14)),
    Brand("jcb", ((3528, 3589),), _exactly(16)),
    Brand("laser", ((6304, 6304), (6706, 6706), (6709, 6709), (6771, 6771)), range(16, 20)),
    Brand("visa", ((4, 4),), _exactly(16)),
    Brand("mastercard", ((51, 55), (2221, 2720)), _exactly(16)),
    Brand("maestro", ((5018, 5018), (5020, 5020), (5038, 5038), (6759, 6759), (6761, 6763)), range(12, 20)),
    Brand("rupay", ((508500, 508999), (606985, 608500), (652150, 653149)), _exactly(16)),
    Brand("discover", ((6011, 6011), (622126, 622925), (644, 649), (65, 65)), _exactly(16)),
)


def check_card(card: CreditCardInfo, today: date) -> Payer:
    """Who pays. Raises InvalidCharge with the texts that the shop's other services know, checked in their order."""
    number = card.credit_card_number
    number = number.replace(" ", "").replace("-", "") if len(number) <= LONGEST_TYPED else ""
    brand = brand_of(number)
    if brand is None or len(number) not in brand.digits or not luhn(number):
        raise InvalidCharge(NUMBER, INVALID)
    if brand.name not in ACCEPTED:
        why = f"Sorry, we cannot process {brand.name} credit cards. Only VISA or MasterCard is accepted."
        raise InvalidCharge(NUMBER, why)
    year, month = card.credit_card_expiration_year, card.credit_card_expiration_month
    if not 1 <= month <= 12:
        raise InvalidCharge(MONTH, f"{MONTH} must be 1 to 12, and is {month}")
    if not 1 <= year <= 9999:
        raise InvalidCharge(YEAR, f"{YEAR} must be 1 to 9999, and is {year}")
    if (year, month) < (today.year, today.month):
        field = YEAR if year < today.year else MONTH
        raise InvalidCharge(field, f"Your credit card (ending {number[-4:]}) expired on {month}/{year}")
    if not 0 <= card.credit_card_cvv <= 9999:
        raise InvalidCharge(CVV, f"{CVV} must be 0 to 9999")  # which it is, is nobody's business
    return Payer(brand.name, number[-4:])


def brand_of(number: str) -> Brand | None:
    """The first brand whose numbers begin like this one. None for others, and for what is not all digits."""
    if _DIGITS.fullmatch(number) is None:
        return None
    for brand in BRANDS:
        for first, last in brand.begins:
            if first <= int(number[: len(str(first))]) <= last and len(number) >= len(str(first)):
                return brand
    return None


def luhn(number: str) -> bool:
    """Whether the last digit is the one that ISO/IEC 7812-1, annex B, makes of the others."""
    digits = [int(digit) for digit in reversed(number)]
    return (sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0


_DIGITS = re.compile("[0-9]+")
