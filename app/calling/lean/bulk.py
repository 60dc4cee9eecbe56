"""Long messages on their way out of one connection: no more of them at once than the peer is willing to put together."""

from __future__ import annotations

import asyncio

from .kernel import make_room

MOST_UNDER_WAY = 32 * 1024 * 1024
"""Bytes of long messages that have begun to leave and are not through; further ones wait. Half of what a peer keeps of
messages that are not whole: where all took turns, all would be half there, and those past that limit refused. One that is
longer by itself goes alone."""


class Bulk:
    """Lets long messages begin, in the order in which they come."""

    __slots__ = ("_less", "_turn", "_under_way")

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._less: asyncio.Future[None] | None = None
        self._under_way = 0

    async def begin(self, size: int) -> None:
        """Wait until so many bytes may be under way too. Whoever was let in must `end`."""
        make_room()
        async with self._turn:
            while self._under_way and self._under_way + size > MOST_UNDER_WAY:
                self._less = asyncio.get_running_loop().create_future()
                await self._less
            self._under_way += size

    def end(self, size: int) -> None:
        """So many bytes have left, or will not."""
        self._under_way -= size
        if self._less is not None and not self._less.done():
            self._less.set_result(None)
