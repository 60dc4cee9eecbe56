"""Failures as gRPC statuses and back: the code, the text, and the declared failure itself in google.rpc.Status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..module.failure import DeadlineExceeded, Failure, Unavailable, kind_of
from .crossing import NEEDED_TEXT, is_nested, nested
from .wire import MethodWire

DETAILS = "grpc-status-details-bin"
NESTED = "pangaea-nested"
"""Trailer of a failure that the answerer met in a call of its own, and has tried again already."""
ANY_PREFIX = "type.googleapis.com/"
MOST_DETAILS = 16 * 1024
"""Bytes of details that trailers may carry: gRPC cuts a call off whose metadata are larger."""
MOST_TEXT = 2048

Trailers = tuple[tuple[str, str | bytes], ...]


def status_of(failure: Failure, wire: MethodWire | None) -> tuple[int, str, Trailers]:
    """A failure as code, text and trailers. `wire` is the method's, where the failure is one that it declares."""
    text = failure.text[:MOST_TEXT]
    if is_nested(failure):
        return failure.code, text, ((NESTED, "1"),)
    if wire is None or not failure.__own__ or type(failure) not in wire.method.raises:
        return failure.code, text, ()
    codec = wire.schema.failure_codec(type(failure))
    try:
        details = encode_status(failure.code, text, codec.full_name, codec.encode(failure))
    except ValueError:  # its fields are not what they say; the kind still is
        return failure.code, text, ()
    if len(details) > MOST_DETAILS:
        return failure.code, text, ()
    return failure.code, text, ((DETAILS, details),)


def failure_of(code: int, text: str, trailers: Iterable[Any], wire: MethodWire, *, said_by_peer: bool) -> Failure:
    """The failure that a status stands for: the declared class where the details name one, or else the kind.

    said_by_peer: the text is the answerer's own. What the transport says about addresses goes to nobody.
    """
    for name, value in trailers:
        if name == DETAILS and isinstance(value, bytes):
            declared = _declared(value, wire)
            if declared is not None:
                return declared
        elif name == NESTED:
            return nested(kind_of(code)(text or NEEDED_TEXT))
    if code == Unavailable.code and not said_by_peer:
        return Unavailable(f"{wire.method.contract.__name__} cannot be reached")
    if code == DeadlineExceeded.code:
        return DeadlineExceeded("the deadline passed")
    return kind_of(code)(text)


def _declared(details: bytes, wire: MethodWire) -> Failure | None:
    try:
        for name, value in decode_status(details):
            failure = wire.failures.get(name)
            if failure is not None:
                return wire.schema.failure_codec(failure).decode(value)
    except ValueError:  # a peer's details that do not fit leave the kind and the text
        return None
    return None


# --- google.rpc.Status: int32 code = 1; string message = 2; repeated google.protobuf.Any details = 3 ------------------


def encode_status(code: int, text: str, full_name: str, value: bytes) -> bytes:
    """A google.rpc.Status with one detail: google.protobuf.Any has string type_url = 1 and bytes value = 2."""
    held = _field(1, (ANY_PREFIX + full_name).encode()) + _field(2, value)
    return b"\x08" + _varint(code) + _field(2, text.encode("utf-8", "replace")) + _field(3, held)


def decode_status(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The details: full name and bytes of each. Raises ValueError where the bytes are no Status."""
    for number, held in _fields(data):
        if number == 3 and isinstance(held, bytes):
            parts = dict(_fields(held))
            url, value = parts.get(1, b""), parts.get(2, b"")
            if isinstance(url, bytes) and isinstance(value, bytes):
                yield url.decode("utf-8", "replace").rpartition("/")[2], value


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _field(number: int, value: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(value)) + value


def _fields(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _read_varint(data, at)
            yield number, value
            continue
        if kind == 2:
            length, at = _read_varint(data, at)
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
        else:
            raise ValueError("no protobuf")
        if at + length > len(data):
            raise ValueError("cut off")
        yield number, data[at : at + length]
        at += length


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError("cut off")
