"""What travels beside a request: the same headers as gRPC's, as a msgpack array of names and values in turn."""

from __future__ import annotations

from itertools import chain
from struct import Struct
from typing import Any

import msgspec

from ...ambient import NEVER, Ambient
from ...module.failure import ResourceExhausted
from ..desk import Desk
from ..metadata import MOST_TRACE, TRACE, Header, headers_of
from ..principal import HEADER, Seal
from .frames import MOST_META, Broken

_encode = msgspec.msgpack.Encoder().encode
_length = Struct("<H").pack
_decode = msgspec.msgpack.Decoder(list[Any]).decode


def written(ambient: Ambient, seal: Seal | None, audience: str) -> bytes:
    """What goes beside a request of this ambient: u16 length, then the array; nothing where there is nothing.

    Raises InvalidArgument, ResourceExhausted.
    """
    trace, principal = ambient.trace, ambient.principal
    plain = trace and trace.isascii() and trace.isprintable() and not ambient.metadata
    if plain and principal is not None and seal is not None:  # what nearly all requests bring
        data = _encode((TRACE, trace, HEADER, seal.sign(principal, audience)))
    else:
        headers = headers_of(ambient, seal, audience)
        if not headers:
            return b""
        data = _encode(tuple(chain.from_iterable(headers)))
    if len(data) > MOST_META:
        raise ResourceExhausted("what travels beside the request is too long")
    return _length(len(data)) + data


def read(body: bytes, desk: Desk, audience: str) -> tuple[Ambient, bytes]:
    """The ambient of a request with META, and the rest of its body. Raises Broken, InvalidArgument, Unauthenticated."""
    end = 2 + (body[0] | body[1] << 8) if len(body) > 1 else MOST_META
    if end > len(body):
        raise Broken("its metadata are cut off")
    try:
        parts = _decode(body[2:end])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Broken(_NO_HEADERS) from None
    if len(parts) == 4:
        first, trace, second, signed = parts
        if first == TRACE and second == HEADER and type(trace) is str and type(signed) is str:
            principal = None if desk.seal is None else desk.seal.check(signed, audience)
            if principal is not None and len(trace) <= MOST_TRACE and trace.isascii() and trace.isprintable():
                return Ambient(NEVER, principal, trace), body[end:]
    return desk.read(headers(parts), audience), body[end:]


def headers(parts: list[Any]) -> list[Header]:
    """Names and values as gRPC would have brought them: everything behind relies on its rules. Raises Broken."""
    found: list[Header] = []
    if len(parts) % 2:
        raise Broken(_NO_HEADERS)
    for name, value in zip(parts[::2], parts[1::2], strict=True):
        if type(name) is not str:
            break
        if type(value) is str:
            if name.endswith("-bin") or not (value.isascii() and value.isprintable()):
                break
        elif type(value) is not bytes or not name.endswith("-bin"):
            break
        found.append((name, value))
    else:
        return found
    raise Broken(_NO_HEADERS)


_NO_HEADERS = "its metadata are no array of names and values"
