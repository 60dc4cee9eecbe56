"""Forms: what was typed, what is wrong with it, and what may be shown again."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request
from litestar.exceptions import InternalServerException

from .refusals import Turned

SECRET = frozenset({"credit_card_number", "credit_card_cvv", "password", "old_password", "new_password"})
"""Fields whose values are never shown again."""
MOST_FIELDS = 50
MOST_BYTES = 64 * 1024
_NUMBER = re.compile(r"[0-9]{1,10}")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffd")
"""Characters that turn what stands after them around, and the one that stands for bytes that are no text."""


class Form:
    """The fields of one request. Each check notes what is wrong; `errors` has all of it at the end."""

    def __init__(self, typed: dict[str, str] | None = None) -> None:
        self.typed = typed or {}
        self.errors: dict[str, str] = {}
        """Field -> what is wrong with it. The empty name is for the form as a whole."""

    def kept(self, name: str) -> str:
        """What was typed, to be shown again."""
        return "" if name in SECRET else _printable(self.typed.get(name, ""))

    def wrong(self, name: str, why: str) -> None:
        """Note what is wrong; the first thing counts."""
        self.errors.setdefault(name, why)

    def text(self, name: str, what: str, most: int, least: int = 1) -> str:
        """A line of text, without blanks at its ends."""
        text = self.typed.get(name, "").strip()
        if len(text) < least:
            self.wrong(name, f"Please enter {what}.")
        elif len(text) > most:
            self.wrong(name, f"Please use at most {most} characters.")
        elif _printable(text) != text:
            self.wrong(name, "This holds characters that are no text.")
        return text

    def secret(self, name: str, what: str, most: int) -> str:
        """A password, exactly as typed."""
        text = self.typed.get(name, "")
        if not text:
            self.wrong(name, f"Please enter {what}.")
        elif len(text) > most:
            self.wrong(name, f"Please use at most {most} characters.")
        elif any(unicodedata.category(sign) == "Cs" or sign == "\ufffd" for sign in text):
            self.wrong(name, "This holds characters that are no text.")
        return text

    def number(self, name: str, what: str, least: int, most: int) -> int:
        """A whole number in plain digits; `least` where it is none, which is noted."""
        text = self.typed.get(name, "").strip()
        if not text:
            self.wrong(name, f"Please enter {what}.")
        elif _NUMBER.fullmatch(text) is None:
            self.wrong(name, f"Please enter {what} in digits.")
        elif not least <= int(text) <= most:
            self.wrong(name, f"This must be between {least} and {most}.")
        else:
            return int(text)
        return least


async def read_form(request: Request[Any, Any, Any]) -> Form:
    """The fields of a request's body; of several with one name the first. Raises Turned: it holds no form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        body = await request.body()
    except InternalServerException:  # Litestar's word for a client that has left in the middle
        raise Turned(400, "That form broke off") from None
    if not body:
        return Form()
    if kind == "multipart/form-data":
        try:
            fields = (await request.form()).multi_items()
        except LookupError:  # a part says that it is in a character set that nobody has
            raise Turned(400, "That form cannot be read") from None
        pairs = [(name, value) for name, value in fields if isinstance(value, str)]
    elif kind == "application/x-www-form-urlencoded":
        try:
            pairs = parse_qsl(
                body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS
            )
        except ValueError:
            raise Turned(400, "That form has too many fields") from None
    else:
        raise Turned(415, "That is no form")
    typed: dict[str, str] = {}
    for name, value in pairs[:MOST_FIELDS]:
        typed.setdefault(name, value)
    return Form(typed)


def _printable(text: str) -> str:
    return "".join(sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cs") and sign not in _TURNING)
