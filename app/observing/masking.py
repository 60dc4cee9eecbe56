"""Keeps secrets out of what is logged: by the name of a field, by the form of a value, and by the values themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

MASK = "***"

_NAMES = re.compile(
    r"passw(or)?d|passphrase|secret|credential|authorization|cookie|private_?key|api_?key|access_?key|signing_?key"
    r"|(^|_)token$|^key$|^pwd$|^dsn$",
    re.IGNORECASE,
)
_IN_URL = re.compile(r"(\b[a-z][a-z0-9+.\-]*://[^/\s:@]*):[^/\s@]+@", re.IGNORECASE)
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=\-]{8,}")

SHORTEST = 5
"""Characters: shorter secrets are not searched for in texts, they would blot out half of every line."""


def mask_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The same fields, each that is named like a secret or looks like one replaced by `***`; nested mappings too."""
    return {name: MASK if _hides(name, value) else _masked(value) for name, value in fields.items()}


def mask_text(text: str) -> str:
    """A text without the passwords of its URLs and without bearer tokens."""
    if "://" in text and "@" in text:
        text = _IN_URL.sub(rf"\1:{MASK}@", text)
    if "Bearer " in text or "Basic " in text:
        text = _BEARER.sub(rf"\1 {MASK}", text)
    return text


def _hides(name: Any, value: Any) -> bool:
    """A flag, a count or a time about a secret is none itself."""
    if value is None or isinstance(value, (bool, int, float)):
        return False
    return isinstance(name, str) and _NAMES.search(name) is not None


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, Mapping):
        return mask_fields(value)
    if isinstance(value, (tuple, list)):
        return [_masked(item) for item in value]
    return value


class Known:
    """Secrets by value, replaced wherever they turn up in a rendered line, whatever carried them there."""

    __slots__ = ("_values",)

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values: tuple[bytes, ...] = ()
        self.add(values)

    def add(self, values: Iterable[str]) -> None:
        """Hide these from now on; those shorter than SHORTEST are left out."""
        found = {value.encode() for value in values if len(value) >= SHORTEST}
        self._values = tuple(sorted({*self._values, *found}, key=len, reverse=True))

    def hide(self, line: bytes) -> bytes:
        for value in self._values:
            if value in line:
                line = line.replace(value, MASK.encode())
        return line
