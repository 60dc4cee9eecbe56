"""Declared metadata that REST clients may give: a header of the request, read into the ambient of its call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ..module.spec import MethodSpec
from .problems import BadRequest

Headers = Sequence[tuple[bytes, bytes]]
Given = Callable[[Headers], dict[str, Any]]
"""A request's headers -> metadata by name."""


def metadata_reader(method: MethodSpec) -> Given | None:
    """How a method's metadata are read; None where it takes none from REST clients. What reads raises BadRequest."""
    wanted = {known.header.lower().encode(): known for known in method.declaration.metadata if known.header}
    if not wanted:
        return None

    def read(headers: Headers) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in headers:
            if (known := wanted.get(name)) is None:
                continue
            if known.name in found:
                raise _bad(known.header, "is given twice")
            text = value.decode("latin-1")
            if not (text.isascii() and text.isprintable() and text.strip()):
                raise _bad(known.header, "must be printable ASCII, and not empty")
            try:
                found[known.name] = msgspec.convert(text.strip(), known.type, strict=False)
            except msgspec.ValidationError:
                raise _bad(known.header, f"must be {getattr(known.type, '__name__', known.type)}") from None
        return found

    return read


def _bad(header: str, why: str) -> BadRequest:
    return BadRequest(f"the header {header} {why}", place="header", field=header)
