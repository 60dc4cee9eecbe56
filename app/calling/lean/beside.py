"""What travels beside a request: the same headers as gRPC's, as a msgpack array of names and values in turn."""

from __future__ import annotations

from itertools import chain
from typing import Any

import msgspec

from ...ambient import Ambient
from ...module.failure import ResourceExhausted
from ..desk import Desk
from ..metadata import MOST_TRACE, TRACE, Header, headers_of
from ..principal import HEADER, Seal
from .frames import MOST_META, Broken

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Any]).decode


def written(ambient: Ambient, seal: Seal | None, audience: str) -> bytes:
    """What goes beside a request of this ambient: u16 length, then the array; nothing where there is nothing.

    Raises InvalidArgument, ResourceExhausted.
    """
    trace, principal = ambient.trace, ambient.principal
    if trace and not ambient.metadata and principal is not None and seal is not None and _plain(trace):
        data = _encode((TRACE, trace, HEADER, seal.sign(principal, audience)))  # what nearly all requests bring
    else:
        headers = headers_of(ambient, seal, audience)
        if not headers:
            return b""
        data = _encode(tuple(chain.from_iterable(headers)))
    if len(data) > MOST_META:
        raise ResourceExhausted("what travels beside the request is too long")
    return len(data).to_bytes(2, "little") + data


def read(body: bytes, desk: Desk, audience: str) -> tuple[Ambient, bytes]:
    """The ambient of a request with META, and the rest of its body. Raises Broken, InvalidArgument, Unauthenticated."""
    end = 2 + int.from_bytes(body[:2], "little")
    if len(body) < 2 or end > len(body):
        raise Broken("its metadata are cut off")
    try:
        parts = _decode(body[2:end])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Broken(_NO_HEADERS) from None
    seal = desk.seal
    if len(parts) == 4 and parts[0] == TRACE and parts[2] == HEADER and seal is not None:
        _, trace, _, signed = parts
        if type(trace) is str and type(signed) is str and len(trace) <= MOST_TRACE and _plain(trace):
            principal = seal.check(signed, audience)
            if principal is not None:
                ambient = Ambient(principal=principal, trace=trace)
                return ambient, body[end:]
    return desk.read(headers(parts), audience), body[end:]


def headers(parts: list[Any]) -> list[Header]:
    """Names and values as gRPC would have brought them: everything behind relies on its rules. Raises Broken."""
    found: list[Header] = []
    if len(parts) % 2:
        raise Broken(_NO_HEADERS)
    for name, value in zip(parts[::2], parts[1::2], strict=True):
        if type(name) is not str:
            raise Broken(_NO_HEADERS)
        binary = name.endswith("-bin")
        if type(value) is not (bytes if binary else str) or not (binary or _plain(value)):
            raise Broken(_NO_HEADERS)
        found.append((name, value))
    return found


def _plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


_NO_HEADERS = "its metadata are no array of names and values"
