"""Frames: a header of 16 bytes, little-endian, and a body. What each kind means stands in docs/wire.md."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from struct import Struct
from typing import Any

import msgspec

VERSION = 1
MAGIC = 0x414E4750
"""`PGNA` as bytes: the call id of each HELLO, so that another protocol is known by its first 16 bytes."""

HEADER = Struct("<IBBHII")
"""length of what follows | kind | flags | code | call id | arg"""
SIZE = HEADER.size
pack = HEADER.pack
unpack_from = HEADER.unpack_from

HELLO, REQUEST, RESPONSE, FAIL, CANCEL, ITEM, END, CREDIT, PING, PONG, GOAWAY, DATA = range(1, 13)
NAMES = (
    "",
    "HELLO",
    "REQUEST",
    "RESPONSE",
    "FAIL",
    "CANCEL",
    "ITEM",
    "END",
    "CREDIT",
    "PING",
    "PONG",
    "GOAWAY",
    "DATA",
)

META, MORE, STREAM = 1, 2, 4
"""Flags: what travels beside the body comes first; a chunk follows; items of a stream follow."""

CHUNK = 64 * 1024
"""Bytes of a body in one frame; longer ones are cut, so that what is small need not wait for all of them."""
MOST_META = 64 * 1024 - 1
MOST_FRAME = CHUNK + 2 + MOST_META
"""Bytes after the header; a longer frame is no frame of ours."""
MOST_HELLO = 4096
"""Before a peer has proven itself it is listened to no longer than that."""
MOST_GREETING = 4 * 1024 * 1024
"""What a server says of its methods is as long as they are many."""
WINDOW = 64 * 1024
"""Bytes that a stream's producer may be ahead of its reader."""
NO_DEADLINE = 0xFFFFFFFF
"""As arg of a REQUEST. All else are milliseconds that remain."""
LAST_CALL = 0xFFFFFFFF
LAST = 1
"""As arg of a GOAWAY: what has not been answered by now has not been begun."""

_encode = msgspec.msgpack.Encoder().encode
_pairs = msgspec.msgpack.Decoder(list[Any])


class Broken(Exception):
    """The peer sent what this wire does not allow. The text says what, and ends the connection."""


def time_left(seconds: float) -> int:
    """What remains of a deadline, as the arg of a REQUEST: never more than there is."""
    return max(0, int(seconds * 1000)) if seconds < 4e6 else NO_DEADLINE


def packed(value: Any) -> bytes:
    """A small value of the wire's own (a greeting, a failure) as msgpack."""
    return _encode(value)


def meta_of(headers: Sequence[tuple[str, str | bytes]]) -> bytes:
    """What travels beside a request: u16 length, then a msgpack array of names and values in turn."""
    data = _encode(list(chain.from_iterable(headers)))
    return len(data).to_bytes(2, "little") + data


def split_meta(body: memoryview) -> tuple[list[tuple[str, str | bytes]], memoryview]:
    """The headers before a request, and the rest. Raises Broken."""
    if len(body) < 2:
        raise Broken("its metadata are cut off")
    end = 2 + (body[0] | body[1] << 8)
    if end > len(body):
        raise Broken("its metadata are cut off")
    headers: list[tuple[str, str | bytes]] = []
    try:
        parts = iter(_pairs.decode(body[2:end]))
        for name in parts:  # as gRPC has it, whose headers everything behind relies on
            value = next(parts)
            if type(name) is not str:
                break
            if type(value) is str:
                if not (value.isascii() and value.isprintable()) or name.endswith("-bin"):
                    break
            elif type(value) is not bytes or not name.endswith("-bin"):
                break
            headers.append((name, value))
        else:
            return headers, body[end:]
    except (msgspec.MsgspecError, ValueError, RecursionError, StopIteration):
        pass
    raise Broken("its metadata are no array of names and values")
