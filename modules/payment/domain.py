"""What may be charged, and under which name."""

from __future__ import annotations

import re

from modules.currency.contract import Money

from .contract import InvalidCharge

LONGEST_REQUEST_ID = 200
"""Characters; no index takes more than a few of them."""
LONGEST_SHOWN = 200
"""Characters of an unknown id that are said again; a failure has to fit into the trailers of a call."""
MOST_NANOS = 999_999_999


def check_amount(amount: Money) -> None:
    """Raises InvalidCharge, naming the field. Nothing at all may be charged: some orders cost nothing."""
    if _CODE.fullmatch(amount.currency_code) is None:
        raise _wrong("amount.currency_code", "must be three capital letters, such as USD")
    if amount.units < 0:
        raise _wrong("amount.units", f"must not be negative, and is {amount.units}")
    if abs(amount.nanos) > MOST_NANOS:
        raise _wrong("amount.nanos", f"must lie within ±{MOST_NANOS}, and is {amount.nanos}")
    if amount.nanos < 0:
        why = "have the sign of units" if amount.units else "not be negative"
        raise _wrong("amount.nanos", f"must {why}, and is {amount.nanos}")


def check_request_id(request_id: str) -> None:
    """Raises InvalidCharge where no database would keep it as it is."""
    if not 0 < len(request_id) <= LONGEST_REQUEST_ID or not request_id.isprintable():
        raise _wrong("request_id", f"must be 1 to {LONGEST_REQUEST_ID} characters that can be printed")


def is_transaction_id(text: str) -> bool:
    """Whether it has the form that ours have; nothing is kept under another."""
    return _UUID.fullmatch(text) is not None


def shown(id: str) -> str:
    """An id for an error: whole, unless it is longer than any real one."""
    return id if len(id) <= LONGEST_SHOWN else f"{id[:LONGEST_SHOWN]}…"


def _wrong(field: str, why: str) -> InvalidCharge:
    return InvalidCharge(field, f"{field} {why}")


_CODE = re.compile("[A-Z]{3}")
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
