"""Failures as gRPC statuses and back: the code, the text, and the declared failure itself in google.rpc.Status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..ambient import DEADLINE_PASSED
from ..module.failure import Cancelled, DeadlineExceeded, Failure, ResourceExhausted, Unavailable, kind_of
from .crossing import NEEDED_TEXT, NESTED, SENT_ON, UNPROCESSED, is_marked, marked
from .wire import MOST_DETAILS, TOO_LARGE, MethodWire

DETAILS = "grpc-status-details-bin"
WHY = "pangaea-why"
"""Trailer that tells an answerer's own Unavailable (`answered`, `nested`, `unprocessed`) from the transport's."""
ANY_PREFIX = "type.googleapis.com/"
MOST_TEXT = 2048

_TOO_LARGE = "message larger than max"
"""gRPC's own words, at either end."""

Trailers = tuple[tuple[str, str | bytes], ...]


def status_of(failure: Failure, wire: MethodWire | None) -> tuple[int, str, Trailers]:
    """A failure as code, text and trailers. `wire` is the method's, where the failure is one that it declares."""
    text = failure.text[:MOST_TEXT].encode("utf-8", "replace").decode()  # half a surrogate pair cannot be sent
    if failure.code == Unavailable.code:
        return failure.code, text, ((WHY, why_of(failure)), *_details(failure, text, wire))
    return failure.code, text, _details(failure, text, wire)


def why_of(failure: Failure) -> str:
    """What an answerer says of its own Unavailable."""
    return "nested" if is_marked(failure, NESTED) else "unprocessed" if is_marked(failure, UNPROCESSED) else "answered"


def _details(failure: Failure, text: str, wire: MethodWire | None) -> Trailers:
    if wire is None or not failure.__own__ or type(failure) not in wire.method.raises:
        return ()
    codec = wire.schema.failure_codec(type(failure))
    try:
        details = encode_status(failure.code, text, codec.full_name, codec.encode(failure))
    except ValueError:  # its fields are not what they say; the kind still is
        return ()
    return () if len(details) > MOST_DETAILS else ((DETAILS, details),)


def failure_of(code: int, text: str, trailers: Iterable[Any], wire: MethodWire) -> Failure:
    """The failure that a status stands for: the declared class where the details name one, or else the kind.

    What the transport itself says is replaced: it names addresses, which are nobody's business further up.
    """
    why, declared = "", None
    for name, value in trailers:
        if name == DETAILS and isinstance(value, bytes):
            declared = declared or _declared(value, wire)
        elif name == WHY:
            why = value
    if declared is not None:
        return marked(declared, NESTED) if why == "nested" else declared
    if code == ResourceExhausted.code and _TOO_LARGE in text:
        return ResourceExhausted(TOO_LARGE)
    return failure_said(code, text, why, wire)


def failure_said(code: int, text: str, why: str, wire: MethodWire) -> Failure:
    """The failure of a kind that names no declared class; `why` is what an answerer says of its own Unavailable."""
    # CANCELLED although we have not given up: the peer has, because it is going away. What it did is not known.
    gone = code == Cancelled.code and not any(failure.code == code for failure in wire.method.raises)
    if code == Unavailable.code or gone:
        if why == "nested":
            return marked(Unavailable(NEEDED_TEXT), NESTED)
        if why == "answered":
            return Unavailable(text)
        lost = Unavailable(f"{wire.method.contract.__name__} cannot be reached")
        return marked(marked(lost, UNPROCESSED), SENT_ON) if why == "unprocessed" else lost
    if code == DeadlineExceeded.code:
        return DeadlineExceeded(DEADLINE_PASSED)
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
    return b"\x08" + _varint(code) + _field(2, text.encode()) + _field(3, held)


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
