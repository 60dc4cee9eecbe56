"""What a peer can say that it should not, made from a seed: bytes of other protocols, and our own frames gone wrong."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from app.calling.lean.frames import (
    CANCEL,
    CHUNK,
    CREDIT,
    DATA,
    END,
    FAIL,
    GOAWAY,
    HELLO,
    ITEM,
    MAGIC,
    META,
    MORE,
    NO_DEADLINE,
    PING,
    PONG,
    REQUEST,
    RESPONSE,
    STREAM,
    VERSION,
    pack,
)

FIND, PUT, HANG, ALL, FILL, BIND = 0, 6, 8, 9, 10, 11
"""Codes of the shelf's methods."""
EVERY = (HELLO, REQUEST, RESPONSE, FAIL, CANCEL, ITEM, END, CREDIT, PING, PONG, GOAWAY, DATA, 0, 13, 99, 255)
NUMBERS = (0, 1, 2, 3, 255, 65_535, 2**31 - 1, 2**31, 2**32 - 1)
packed = msgspec.msgpack.encode
FOUND = packed({"title": "a", "pages": 1})


def frame(kind: int, *, flags: int = 0, code: int = 0, call: int = 1, arg: int = 0, body: bytes = b"") -> bytes:
    return pack(len(body), kind, flags, code, call, arg) + body


def request(code: int = FIND, body: bytes = FOUND, **more: Any) -> bytes:
    return frame(REQUEST, code=code, body=body, **{"arg": NO_DEADLINE, **more})


def bombs(pick: random.Random) -> bytes:
    """Bytes that claim, or nest, more than is there."""
    size = pick.choice((200, 1000, 3000, 20_000, 60_000))
    huge = struct.pack(">I", pick.choice((2**32 - 1, 2**31, 10**8)))
    return pick.choice(
        (
            b"\x91" * size,
            b"\x81\xa1a" * (size // 3),
            b"\x81" * size,
            b"\xdd" + huge,
            b"\xdf" + huge,
            b"\xdb" + huge,
            b"\xc6" + huge,
            b"\xc9" + huge + b"\x05",
            b"\x81\xa5title\xdd" + huge,
            b"\x82\xa5title\xa1a\xa5pages" + b"\x91" * size,
            b"\x81\xa5other" + b"\x91" * size,
            b"\x81\xa5title\xa2\xff\xfe",
            b"\x81\x91\xc0\xc0",
            b"\xc1",
            b"\xd6\xff\0\0\0\0",
            b"\x81\xa5nonce" + b"\x91" * size,
            packed({"title": "a", "pages": 2**64 - 1}),
            packed({"title": None, "pages": float("nan")}),
            b"",
        )
    )


def meta(pick: random.Random) -> bytes:
    """What stands before a request's body and is not what it says."""
    said = pick.choice(
        (
            packed(["a"]),
            packed(["shelf", 5]),
            packed({"a": "b"}),
            packed(["shelf", "x" * 30_000]),
            packed(["traceparent", b"\xff\0"]),
            packed(["traceparent", "\r\nx: y"]),
            packed(["shelf-load", "many"]),
            packed(["shelf-load-bin", "{"]),
            packed(["pangaea-principal", b"\xff.\xff"]),
            packed(["pangaea-principal", "a.b" * 100]),
            packed(["pangaea-principal", "\u20ac.\u20ac"]),
            packed(["shelf", b"\xff\xfe"]),
            b"\x91" * 3000,
            bombs(pick)[:60_000],
        )
    )
    length = pick.choice((len(said), len(said), len(said), len(said) + 1, 65_535, max(0, len(said) - 1), 0))
    return length.to_bytes(2, "little") + said


def foreign(pick: random.Random) -> bytes:
    """Another protocol's first words."""
    return pick.choice(
        (
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            b"POST /hipstershop.CartService/GetCart HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 3000,
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
            b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + pick.randbytes(200),
            b"SSH-2.0-OpenSSH_9.2\r\n",
            b"\0" * 400,
            b"\xff" * 400,
            b"*1\r\n$4\r\nPING\r\n",
            b"{",
            b"",
            pick.randbytes(pick.choice((1, 15, 16, 17, 100, 5000))),
        )
    )


def greetings(pick: random.Random) -> bytes:
    """HELLOs that are none."""
    good = {"nonce": pick.randbytes(32)}
    said = pick.choice(
        (packed(good), packed({"nonce": b""}), packed({}), packed([1]), packed({"proof": b"x"}), bombs(pick))
    )
    kind, stage = pick.choice((HELLO, HELLO, HELLO, pick.choice(EVERY))), pick.choice((1, 1, 1, 2, 3, 4, 0, 2**32 - 1))
    version, magic = pick.choice((VERSION, VERSION, VERSION, 0, 2, 65_535)), pick.choice((MAGIC, MAGIC, MAGIC, 0))
    one = frame(kind, code=version, call=magic, arg=stage, flags=pick.choice((0, 0, 0, 1, 2, 7, 255)), body=said)
    return one * pick.choice((1, 1, 2, 5))


# --- after a good greeting ---------------------------------------------------------------------------------------------


def scrambled(pick: random.Random) -> bytes:
    """Frames of any kind in any order, most of them whole."""
    out = b""
    for _ in range(pick.randrange(1, 30)):
        body = pick.choice((b"", FOUND, bombs(pick)[:4000], pick.randbytes(pick.randrange(200)), meta(pick)[:4000]))
        length = pick.choice((*(len(body),) * 12, len(body) + 1, max(0, len(body) - 1), *NUMBERS))
        head = pack(length, pick.choice(EVERY), pick.choice((0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 255)),
                    pick.choice((*range(14), *NUMBERS[:6])), pick.choice((1, 2, 3, *NUMBERS)), pick.choice(NUMBERS))  # fmt: skip
        out += head + body
    return out


def flipped(pick: random.Random) -> bytes:
    """What a good client says, with a few bits changed, bytes lost, or parts in another order."""
    parts = [*good(), request(FIND, meta(pick) + FOUND, flags=META, call=9)]
    if pick.random() < 0.5:
        pick.shuffle(parts)
    if pick.random() < 0.3:
        parts.append(pick.choice(parts))
    data = bytearray(b"".join(parts))
    for _ in range(pick.choice((0, 1, 3, 20))):
        data[pick.randrange(len(data))] ^= 1 << pick.randrange(8)
    return bytes(data[: pick.randrange(len(data))]) if pick.random() < 0.4 else bytes(data)


def good() -> list[bytes]:
    """Frames of calls of every shape."""
    return [
        request(FIND, call=1),
        request(PUT, packed({"title": "a"}), call=2),
        request(ALL, packed({"number": 30, "fail_at": -1}), call=3),
        frame(CREDIT, call=3, arg=1000),
        request(FILL, b"", call=4, flags=STREAM),
        frame(ITEM, call=4, body=FOUND),
        frame(END, call=4),
        request(BIND, b"", call=5, flags=STREAM),
        frame(ITEM, call=5, body=FOUND),
        frame(CANCEL, call=5),
        request(HANG, b"\x80", call=6, arg=50),
        request(FIND, FOUND[:4], flags=MORE, call=7),
        frame(DATA, call=7, body=FOUND[4:]),
        frame(PING, call=0),
    ]


def unended(pick: random.Random) -> bytes:
    """Messages that never become whole: of nothing, of little, of much."""
    size = pick.choice((0, 0, 1, 100, CHUNK))
    times = 4 if size == CHUNK else 300
    if pick.random() < 0.5:
        return b"".join(request(FIND, bytes(size), flags=MORE, call=call) for call in range(1, times))
    more = frame(DATA, flags=MORE, body=bytes(size))
    return request(FIND, bytes(size), flags=MORE) + more * times


def streams(pick: random.Random) -> bytes:
    """Streams that overdraw, restart, go on after their end, or are asked for without being one."""
    item = frame(ITEM, body=pick.choice((FOUND, b"", b"\xc1", bytes(60_000))))
    return pick.choice(
        (
            request(FILL, b"", flags=STREAM) + item * pick.choice((1, 20, 100)),
            request(FILL, b"", flags=STREAM) + frame(END) * 3 + item * 3,
            request(FILL, b""),
            request(FIND, FOUND, flags=STREAM) + item * 3 + frame(END),
            request(BIND, b"", flags=STREAM) * 2,
            request(BIND, b"", flags=STREAM) + item + frame(CREDIT, arg=2**32 - 1) * 50 + frame(CANCEL) * 5,
            request(ALL, packed({"number": 10**9, "fail_at": -1})) + frame(CREDIT, arg=2**32 - 1) * 3,
            request(ALL, packed({"number": 10**9, "fail_at": -1})),
            frame(CREDIT, arg=5) + item + frame(END) + frame(CANCEL) + frame(DATA, flags=MORE),
            request(BIND, b"", flags=STREAM) + frame(ITEM, flags=MORE, body=FOUND[:3]) + frame(ITEM, body=FOUND),
        )
    )


def floods(pick: random.Random) -> bytes:
    """Much of what costs little to say."""
    one = pick.choice(
        (frame(PING), frame(PONG), frame(CANCEL), frame(DATA), frame(CREDIT, arg=1), request(code=9999),
         frame(HELLO, code=VERSION, call=MAGIC, arg=1, body=packed({"nonce": bytes(32)})))
    )  # fmt: skip
    return one * pick.choice((2, 100, 2000))


def bodies(pick: random.Random) -> bytes:
    """Requests whose body, or what stands before it, is a bomb."""
    if pick.random() < 0.5:
        return request(pick.choice((FIND, PUT, ALL, 1)), bombs(pick))
    return request(pick.choice((FIND, 4)), meta(pick) + FOUND, flags=META)


BEFORE: tuple[Callable[[random.Random], bytes], ...] = (foreign, greetings, scrambled)
AFTER: tuple[Callable[[random.Random], bytes], ...] = (scrambled, flipped, unended, streams, floods, bodies)


def attacks(seed: int, number: int) -> Iterator[tuple[bool, bytes, str]]:
    """Whether to greet properly first, what to say then, and how to end: `wait`, `close`, `abort` or `eof`."""
    pick = random.Random(seed)
    for _ in range(number):
        greets = pick.random() < 0.6
        said = pick.choice(AFTER if greets else BEFORE)(pick)
        yield greets, said, pick.choice(("wait", "close", "close", "abort", "abort", "eof"))
