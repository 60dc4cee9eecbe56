"""Modules with a database, to see which copy of it answers: Shelf reads and writes, Clerk asks Shelf in between."""

from __future__ import annotations

from collections.abc import AsyncIterator

from sqlalchemy import Column, MetaData, String, Table, insert, select

from app import Contract, Database, Lifecycle, Message, Module, command, query

words = Table("words", MetaData(), Column("word", String(20)))


class Words(Message):
    words: tuple[str, ...]


class Word(Message):
    word: str


class Shelf(Contract):
    """Words in a table."""

    @query()
    async def read(self) -> Words: ...

    @query()
    def each(self) -> AsyncIterator[Word]: ...

    @query()
    async def write_while_reading(self) -> Words: ...

    @command()
    async def write(self, word: str) -> Words: ...


class Clerk(Contract):
    """Asks Shelf."""

    @query()
    async def look(self) -> Words: ...

    @command()
    async def file(self, word: str) -> Words: ...

    @command(request="FileEachRequest")
    def file_each(self, word: str) -> AsyncIterator[Word]: ...


class Shelves(Shelf):
    def __init__(self, database: Database, life: Lifecycle) -> None:
        self._database = database
        life.hook(start=self._make)

    async def _make(self) -> None:
        async with self._database.transaction() as tx:
            await tx.run_sync(words.metadata.create_all)

    async def read(self) -> Words:
        return Words(tuple(row.word for row in await self._database.fetch(select(words))))

    async def each(self) -> AsyncIterator[Word]:
        for row in await self._database.fetch(select(words)):
            yield Word(row.word)

    async def write_while_reading(self) -> Words:
        return await self.write("wrong")

    async def write(self, word: str) -> Words:
        async with self._database.transaction() as tx:
            await tx.execute(insert(words).values(word=word))
        return await self.read()


class Clerks(Clerk):
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def look(self) -> Words:
        return await self._shelf.read()

    async def file(self, word: str) -> Words:
        await self._shelf.write(word)
        return await self._shelf.read()

    async def file_each(self, word: str) -> AsyncIterator[Word]:
        await self._shelf.write(word)
        async for item in self._shelf.each():
            yield item


shelf = Module(name="shelf", exports=[Shelf.by(Shelves)])
clerk = Module(name="clerk", exports=[Clerk.by(Clerks)])
