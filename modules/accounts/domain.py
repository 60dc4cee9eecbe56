"""What makes an account: addresses, passwords and names that are taken, and those that are not."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from uuid import uuid4

from app import principal
from modules.email.contract import is_address

from .contract import InvalidAccount, NoSuchAccount, is_account

LONGEST_NAME = 100
_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}
"""Control characters, halves of characters, and breaks of lines and paragraphs."""
_BLANK = {"Zs", "Cf", "Mn"}
"""What shows nothing by itself: blanks, joiners and marks of direction, accents without a letter."""
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Turns the direction of whatever is written next to a name (Unicode TR36, §2.5)."""


class Clock:
    """Tells the time. Tests put another in its place."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def new_id() -> str:
    """An account id that nobody can guess and `is_account` knows."""
    return f"acct_{uuid4().hex}"


def signed_in() -> str:
    """The account that is calling. Raises NoSuchAccount where whoever calls has none, such as another service."""
    who = principal()
    subject = who.subject if who else ""
    if not is_account(subject):
        raise NoSuchAccount(subject[:LONGEST_NAME])
    return subject


def key_of(email: str) -> str:
    """What tells addresses apart."""
    return email.casefold()


def check_email(email: str, field: str = "email") -> None:
    """Raises InvalidAccount."""
    if not email:
        raise InvalidAccount(field, "is missing")
    if not is_address(email):
        raise InvalidAccount(field, "is not an email address")


def check_name(name: str) -> None:
    """Raises InvalidAccount."""
    if all(unicodedata.category(letter) in _BLANK for letter in name):
        raise InvalidAccount("name", "is missing")
    if len(name) > LONGEST_NAME:
        raise InvalidAccount("name", f"must be at most {LONGEST_NAME} characters")
    if _TURNING.search(name) or any(unicodedata.category(letter) in _UNSEEN for letter in name):
        raise InvalidAccount("name", "must have no control characters")


def check_given(password: str, longest: int, field: str = "password") -> None:
    """Whether a password can be anybody's at all. Raises InvalidAccount, which says nothing of it."""
    if not password:
        raise InvalidAccount(field, "is missing")
    if len(password) > longest:
        raise InvalidAccount(field, f"must be at most {longest} characters")
    if "\0" in password or any(unicodedata.category(letter) == "Cs" for letter in password):
        raise InvalidAccount(field, "must be text without NUL")


def check_chosen(password: str, shortest: int, longest: int, *, email: str, name: str, field: str = "password") -> None:
    """Whether a password may be taken. Raises InvalidAccount.

    Length is all that is asked for, in characters (NIST SP 800-63B, §3.1.1.2), and that it can be read nowhere.
    """
    check_given(password, longest, field)
    if len(password) < shortest:
        raise InvalidAccount(field, f"must be at least {shortest} characters")
    if password.casefold() in (email.casefold(), name.casefold()):
        raise InvalidAccount(field, "must not be the email or the name")
