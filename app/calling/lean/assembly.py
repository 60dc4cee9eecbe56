"""Long messages put together from their chunks, within a budget for each connection."""

from __future__ import annotations

from typing import Any

from .frames import CHUNK, DATA, META, MORE, MOST_FRAME, Broken
from .kernel import make_room

MOST_ASSEMBLED = 64 * 1024 * 1024
"""Bytes of messages that are not whole yet, of one connection; or of two of the greatest length, if that is more."""
COST = 512
"""Bytes that a chunk counts beside its own: chunks of nothing are not for nothing."""


class Parts:
    """What has arrived of messages that are not whole yet, by call. `size`: what it takes, in bytes."""

    __slots__ = ("_parts", "size")

    def __init__(self) -> None:
        self._parts: dict[int, list[Any]] = {}
        self.size = 0

    def __len__(self) -> int:
        return len(self._parts)

    def add(self, kind: int, flags: int, code: int, call: int, arg: int, body: bytes, most: int) -> Any:
        """A first chunk, or a further one (DATA). The whole frame once it is complete; None before; False where it is
        more than may be, in all or for a message of `most` bytes. Chunks of what has been given up are passed over.

        Raises Broken.
        """
        if kind == DATA:
            part = self._parts.get(call)
            if part is None:
                return None
        else:
            if call in self._parts:
                raise Broken("a message begins before the last one of its call has ended")
            make_room()
            part = self._parts[call] = [0, (kind, flags & ~MORE, code, call, arg)]
        part.append(body)
        part[0] += len(body)
        self.size += len(body) + COST
        if part[0] > most + (MOST_FRAME - CHUNK if part[1][1] & META else 0) or self.size > max(
            MOST_ASSEMBLED, 2 * most
        ):
            self.forget(call)
            return False
        if flags & MORE:
            return None
        self.forget(call)
        return (*part[1], b"".join(part[2:]))

    def forget(self, call: int) -> None:
        """Drop what has arrived of a call's message."""
        part = self._parts.pop(call, None)
        if part is not None:
            self.size -= part[0] + COST * (len(part) - 2)

    def clear(self) -> None:
        self._parts.clear()
        self.size = 0
