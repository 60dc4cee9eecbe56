"""How two ends greet each other: each proves that it has the deployment's key before it is told anything.

HELLO 1, client: a nonce. HELLO 2, server: a nonce. HELLO 3, client: its proof. HELLO 4, server: its proof, its methods.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from .frames import HEADER, HELLO, MAGIC, SIZE, VERSION, WINDOW, Broken, pack

WITHIN = 5.0
"""Seconds that a peer has for its part of the greeting."""
NONCE = 32

G = TypeVar("G", bound=msgspec.Struct)


class Nonce(msgspec.Struct):
    """HELLO 1 and 2."""

    nonce: bytes
    node: str = ""


class Proof(msgspec.Struct):
    """HELLO 3: the client's, and what it takes."""

    proof: bytes = b""
    most: int = 4 * 1024 * 1024
    """Bytes of one message."""
    window: int = WINDOW
    """Bytes of a stream that may be sent before the first CREDIT."""


class Welcome(msgspec.Struct):
    """HELLO 4: the server's, what it takes, and what it answers: services, each with its methods and their
    fingerprints. The place of a method among all of them is the code of its REQUESTs."""

    proof: bytes = b""
    node: str = ""
    most: int = 4 * 1024 * 1024
    window: int = WINDOW
    services: Sequence[tuple[str, Sequence[tuple[str, int]]]] = ()

    def codes(self) -> dict[str, int]:
        """`/service/Method` -> its code."""
        paths = (f"/{service}/{method}" for service, methods in self.services for method, _ in methods)
        return {path: code for code, path in enumerate(paths)}


def nonce() -> bytes:
    return os.urandom(NONCE)


def proof(key: bytes | None, side: str, client: bytes, server: bytes) -> bytes:
    """What only who has the key can say, of these two nonces; empty without a key."""
    if key is None:
        return b""
    return hmac.digest(key, b"pangaea lean 1 %s\0" % side.encode() + client + server, "sha256")


def proven(key: bytes | None, said: bytes, side: str, client: bytes, server: bytes) -> bool:
    """Whether a peer has shown the key; without one nobody has to."""
    return key is None or hmac.compare_digest(said, proof(key, side, client, server))


def hello(stage: int, value: Any) -> bytes:
    """A HELLO frame; its header says the version, and that this is us."""
    body = msgspec.msgpack.encode(value)
    return pack(len(body), HELLO, 0, VERSION, MAGIC, stage) + body


def read_hello(expected: int, kind: int, code: int, call: int, stage: int, body: bytes, shape: type[G]) -> G:
    """The HELLO of a stage. Raises Broken, with what it is instead as far as that can be known."""
    if kind != HELLO or call != MAGIC:
        raise Broken(foreign(bytes(HEADER.pack(len(body), kind, 0, code, call, stage))))
    if code != VERSION:
        raise Broken(f"version {code} of the wire, and this is version {VERSION}")
    if stage != expected:
        raise Broken(f"HELLO {stage} where HELLO {expected} was due")
    try:
        said = msgspec.msgpack.decode(body, type=shape)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Broken(f"HELLO {stage} cannot be read") from None
    if isinstance(said, Nonce) and not 16 <= len(said.nonce) <= 64:
        raise Broken("a nonce that is too short or too long")
    if isinstance(said, Proof | Welcome) and (said.most < 1 or said.window < 1):
        raise Broken("limits that leave no room")
    return said


def foreign(beginning: bytes) -> str:
    """What speaks to us that is none of ours, by its first bytes."""
    first = bytes(beginning[:SIZE])
    if first.startswith(b"PRI * HTTP/2"):
        return "HTTP/2, perhaps gRPC, and not the lean wire"
    if first[:1] == b"\x16" and first[1:2] == b"\x03":
        return "TLS, which is not configured here"
    word = first.split(b" ", 1)[0]
    if word in (b"GET", b"POST", b"PUT", b"HEAD", b"OPTIONS", b"DELETE", b"PATCH", b"CONNECT"):
        return "HTTP, and not the lean wire"
    if first[3:4] == b"\0" and first[4:5] == b"\0" and first[5:9] in (b"\4\0\0\0", b"\6\0\0\0"):
        return "HTTP/2, perhaps gRPC, and not the lean wire"
    return "something that is not the lean wire"
