"""Frames: a header of 16 bytes, little-endian, and a body. What each kind means stands in docs/wire.md."""

from __future__ import annotations

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
FAR_OFF = 4e6
"""Seconds: a deadline beyond is none."""
LAST_CALL = 0xFFFFFFFF
LAST = 1
"""As arg of a GOAWAY: what has not been answered by now has not been begun."""

_encode = msgspec.msgpack.Encoder().encode


class Broken(Exception):
    """The peer sent what this wire does not allow. The text says what, and ends the connection."""


def time_left(seconds: float) -> int:
    """What remains of a deadline, as the arg of a REQUEST: never more than there is."""
    return max(0, int(seconds * 1000)) if seconds < FAR_OFF else NO_DEADLINE


def packed(value: Any) -> bytes:
    """A small value of the wire's own (a greeting, a failure) as msgpack."""
    return _encode(value)
