"""A contract with one method for each thing that a call can do, and who answers it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

from app import (
    ANYONE_KNOWN,
    Contract,
    Message,
    Metadata,
    NotFound,
    Unavailable,
    command,
    deadline,
    principal,
    query,
    remaining,
)
from app.ambient import current

SHELF = Metadata("shelf", str)
LOAD = Metadata("shelf-load", int)


class Book(Message):
    title: str
    pages: int = 0


class Index(Message):
    by_title: Mapping[str, Book] = {}


class Seen(Message):
    subject: str
    remaining: float
    trace: str
    shelf: str
    load: int


class NoSuchBook(NotFound, says="no book {title}"):
    title: str


class Burnt(NoSuchBook):
    when: int = 0


class Shelf(Contract):
    """Books on a shelf."""

    @query(raises=(NoSuchBook,))
    async def find(self, title: str, *, pages: int = 1) -> Book: ...

    @query()
    async def index(self, by_title: Mapping[str, Book]) -> Index: ...

    @query(requires=("keeper", "owner"))
    async def guarded(self) -> Seen: ...

    @query(requires=ANYONE_KNOWN)
    async def known(self) -> Seen: ...

    @query()
    async def see(self) -> Seen: ...

    @query()
    async def flaky(self, times: int) -> Book: ...

    @command()
    async def put(self, book: Book) -> None: ...

    @command()
    async def flaky_put(self, times: int) -> Book: ...

    @query(deadline=0.05)
    async def hang(self) -> Book: ...

    @query(raises=(NoSuchBook,))
    def all(self, number: int, fail_at: int = -1) -> AsyncIterator[Book]: ...

    @command()
    async def fill(self, books: AsyncIterator[Book]) -> Book: ...

    @command()
    def bind(self, books: AsyncIterator[Book]) -> AsyncIterator[Book]: ...

    @query(deadline=0.05)
    def drip(self) -> AsyncIterator[Book]: ...


class ShelfAnswer(Shelf):
    """Keeps what happened to it in plain attributes."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.tries = 0
        self.kept: Index = Index()

    async def find(self, title: str, *, pages: int = 1) -> Book:
        match title:
            case "missing":
                raise NoSuchBook(title)
            case "burnt":
                raise Burnt(title, 1666)
            case "broken":
                raise ValueError("the inner secret")
            case "undeclared":
                raise PermissionError("the inner secret")
            case "cancels itself":
                raise asyncio.CancelledError
            case "late inside":
                with deadline(0):
                    pass
            case "unreachable":
                raise Unavailable("the inner secret at 10.0.0.1")
            case "wrong":
                return Index()  # type: ignore[return-value]  # pyright: ignore
            case _:
                pass
        return Book(title=title, pages=pages)

    async def index(self, by_title: Mapping[str, Book]) -> Index:
        self.kept = Index(by_title=by_title)
        return self.kept

    async def guarded(self) -> Seen:
        return await self.see()

    async def known(self) -> Seen:
        return await self.see()

    async def see(self) -> Seen:
        who, ambient = principal(), current()
        return Seen(
            subject=who.subject if who else "",
            remaining=min(remaining(), 1e6),
            trace=ambient.trace if ambient else "",
            shelf=SHELF.get() or "",
            load=LOAD.get() or 0,
        )

    async def flaky(self, times: int) -> Book:
        self.tries += 1
        if self.tries <= times:
            raise Unavailable("not yet")
        return Book(title="at last", pages=self.tries)

    async def flaky_put(self, times: int) -> Book:
        return await self.flaky(times)

    async def put(self, book: Book) -> None:
        self.log.append(book.title)

    async def hang(self) -> Book:
        self.log.append("began")
        try:
            await asyncio.Event().wait()
        finally:
            self.log.append("ended")
        return Book(title="never")

    async def all(self, number: int, fail_at: int = -1) -> AsyncIterator[Book]:
        try:
            for n in range(number):
                if n == fail_at:
                    raise NoSuchBook(str(n))
                self.log.append(f"made {n}")
                yield Book(title=str(n), pages=n)
        finally:
            self.log.append("closed")

    async def fill(self, books: AsyncIterator[Book]) -> Book:
        pages = 0
        async for book in books:
            if book.title == "enough":
                break
            pages += book.pages
        return Book(title="all", pages=pages)

    async def bind(self, books: AsyncIterator[Book]) -> AsyncIterator[Book]:
        async for book in books:
            yield Book(title=book.title, pages=book.pages * 2)

    async def drip(self) -> AsyncIterator[Book]:
        yield Book(title="first")
        try:
            await asyncio.Event().wait()
        finally:
            self.log.append("drip ended")


async def books(*pages: int) -> AsyncIterator[Book]:
    """A caller's stream."""
    for n in pages:
        yield Book(title=f"book {n}", pages=n)
