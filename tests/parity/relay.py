"""A module that stands between: each of its answers comes from Echo, so that calls are nested."""

from __future__ import annotations

from collections.abc import AsyncIterator

from app import Contract, Module, query

from .echo import Echo, Item, NoSuchThing, Point, Seen


class Relay(Contract):
    """Answers with what Echo answers."""

    @query(raises=(NoSuchThing,))
    async def fail(self, how: str) -> Point: ...

    @query()
    async def see(self) -> Seen: ...

    @query()
    async def hang(self, name: str) -> Point: ...

    @query(request="RelayCountRequest")
    def count(self, to: int) -> AsyncIterator[Item]: ...


class RelayAnswer(Relay):
    """Asks Echo."""

    def __init__(self, echo: Echo) -> None:
        self._echo = echo

    async def fail(self, how: str) -> Point:
        return await self._echo.fail(how=how)

    async def see(self) -> Seen:
        return await self._echo.see()

    async def hang(self, name: str) -> Point:
        return await self._echo.hang(name=name)

    async def count(self, to: int) -> AsyncIterator[Item]:
        async for item in self._echo.count(to=to):
            yield item


relay = Module(name="relay", exports=[Relay.by(RelayAnswer)])
