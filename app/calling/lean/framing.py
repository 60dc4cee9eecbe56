"""Bytes as they arrive, into frames."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod

from .frames import MOST_HELLO, SIZE, Broken, unpack_from
from .greeting import foreign


class Framing(asyncio.Protocol, ABC):
    """Hands each whole frame to `frame`, and keeps what has begun until the rest is there."""

    def __init__(self) -> None:
        self.closed = False
        self.open = False
        """Whether both sides have greeted each other."""
        self.most_frame = MOST_HELLO
        self._held = bytearray()
        self._heard = False
        """Whether anything has arrived since somebody last looked."""
        self._out: list[bytes] = []

    @abstractmethod
    def frame(self, kind: int, flags: int, code: int, call: int, arg: int, body: bytes) -> None:
        """A whole frame. Raises Broken, which ends the connection."""
        ...

    @abstractmethod
    def broken(self, why: Broken) -> None:
        """The peer does not keep to the wire."""
        ...

    @abstractmethod
    def flush(self) -> None:
        """What waits to be sent goes out: all that had arrived has been handled."""
        ...

    def data_received(self, data: bytes) -> None:
        if self.closed:
            return
        self._heard = True
        at, end = 0, len(data)
        try:
            if self._held:
                at = self._completed(data)
            while end - at >= SIZE:
                length, kind, flags, code, call, arg = unpack_from(data, at)
                stop = at + SIZE + length
                if stop > end or length > self.most_frame:
                    self._check(data, at, length)
                    break
                self.frame(kind, flags, code, call, arg, data[at + SIZE : stop])
                if self.closed:
                    return
                at = stop
        except Broken as broken:
            self.broken(broken)
            return
        if at < end:
            self._held += memoryview(data)[at:]
        if self._out:
            self.flush()

    def _completed(self, data: bytes) -> int:
        """Add to a frame that has begun what it misses, and hand it on once it is whole; where the rest begins. Raises
        Broken."""
        held, at = self._held, 0
        if len(held) < SIZE:
            at = SIZE - len(held)
            held += data[:at]
            if len(held) < SIZE:
                return len(data)
        length = int.from_bytes(held[:4], "little")
        self._check(held, 0, length)
        missing = SIZE + length - len(held)
        held += memoryview(data)[at : at + missing]
        at += missing
        if at > len(data):
            return len(data)
        _, kind, flags, code, call, arg = unpack_from(held)
        body = bytes(memoryview(held)[SIZE:])
        held.clear()
        self.frame(kind, flags, code, call, arg, body)
        return len(data) if self.closed else at

    def _check(self, data: bytes | bytearray, at: int, length: int) -> None:
        """Raises Broken for a frame that is too long, which is what other protocols' beginnings look like."""
        if length > self.most_frame:
            raise Broken(_too_long(length, self.most_frame) if self.open else foreign(bytes(data[at : at + SIZE])))


def _too_long(length: int, most: int) -> str:
    return f"a frame of {length} bytes, where {most} are allowed"
