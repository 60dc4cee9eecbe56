"""Modules for the rules of threads, slices, and of contracts that are optional, named or answered elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

from app import (
    ANYONE_KNOWN,
    Contract,
    Lifecycle,
    Message,
    Metadata,
    Module,
    Named,
    NotFound,
    command,
    in_threads,
    principal,
    provide,
    query,
    remaining,
)
from app.ambient import current

TENANT = Metadata("tenant", str)


class Entry(Message):
    number: int
    text: str = ""


class Context(Message):
    """What blocking code saw."""

    thread: str
    subject: str
    tenant: str
    trace: str
    remaining: float


class NoEntry(NotFound, says="no entry {number}"):
    number: int


class Ledger(Contract):
    """Answered by blocking code."""

    @query()
    async def context(self) -> Context: ...

    @query(raises=(NoEntry,))
    async def entry(self, number: int) -> Entry: ...

    @query(requires=ANYONE_KNOWN)
    async def secret(self) -> Entry: ...

    @command()
    async def wait(self, name: str) -> Entry: ...

    @query()
    async def waited(self) -> Entry: ...

    @command()
    async def release(self) -> None: ...

    @query(raises=(NoEntry,), request="EntriesRequest")
    def entries(self, count: int, fail_at: int = -1) -> AsyncIterator[Entry]: ...

    @command()
    async def add(self, entries: AsyncIterator[Entry]) -> Entry: ...


class BlockingLedger:
    """Plain `def` methods; inherits nothing."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._waited: list[str] = []

    def context(self) -> Context:
        who, ambient = principal(), current()
        return Context(
            thread=threading.current_thread().name,
            subject=who.subject if who else "",
            tenant=TENANT.get() or "",
            trace=ambient.trace if ambient else "",
            remaining=remaining(),
        )

    def entry(self, number: int) -> Entry:
        if number < 0:
            raise NoEntry(number=number)
        if number > 9:
            raise ValueError("the inner secret")
        return Entry(number=number)

    def secret(self) -> Entry:
        return Entry(number=0)

    def wait(self, name: str) -> Entry:
        end = time.monotonic() + remaining()
        self._waited.append(name)
        self._stop.wait(end - time.monotonic())  # blocks its thread until it is released, or nobody waits any more
        return Entry(number=1)

    def waited(self) -> Entry:
        return Entry(number=len(self._waited), text=",".join(self._waited))

    def release(self) -> None:
        self._stop.set()

    def entries(self, count: int, fail_at: int = -1) -> Iterator[Entry]:
        for number in range(count):
            if number == fail_at:
                raise NoEntry(number=number)
            yield Entry(number=number, text=threading.current_thread().name)

    def add(self, entries: Iterator[Entry]) -> Entry:
        return Entry(number=sum(entry.number for entry in entries))


class Words(Contract):
    """Answered by slices."""

    @query()
    async def upper(self, text: str) -> Entry: ...

    @query()
    async def length(self, text: str) -> Entry: ...

    @query(request="LettersRequest")
    def letters(self, text: str) -> AsyncIterator[Entry]: ...


class Calls:
    """What slices share: one of a module."""

    def __init__(self) -> None:
        self.count = 0


class Upper(Words):
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def upper(self, text: str) -> Entry:
        self._calls.count += 1
        return Entry(number=self._calls.count, text=text.upper())


class Letters(Words):
    async def letters(self, text: str) -> AsyncIterator[Entry]:
        for number, letter in enumerate(text):
            yield Entry(number=number, text=letter)


class Length:
    """A slice in threads."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def length(self, text: str) -> Entry:
        return Entry(number=len(text), text=str(self._calls.count))


class Missing(Contract):
    """Answered by nobody."""

    @query()
    async def ask(self) -> Entry: ...


class Asking(Contract):
    """Says what its answerer was given."""

    @query()
    async def given(self) -> Entry: ...

    @query()
    async def through_a_named_one(self, text: str) -> Entry: ...


class Polite:
    """Asks Words: something in the graph between two contracts."""

    def __init__(self, words: Words, ending: str) -> None:
        self._words, self._ending = words, ending

    async def say(self, text: str) -> Entry:
        return await self._words.upper(text + self._ending)


def please(words: Words) -> Polite:
    return Polite(words, " please")


def thanks(words: Words) -> Polite:
    return Polite(words, " thanks")


class Asks(Asking):
    def __init__(
        self,
        lifecycle: Lifecycle,
        named: Annotated[Polite, Named("thanks")],
        words: Words | None = None,
        missing: Missing | None = None,
    ) -> None:
        self._words, self._missing, self._named = words, missing, named

    async def given(self) -> Entry:
        return Entry(number=0, text=f"words: {self._words is not None}, missing: {self._missing is not None}")

    async def through_a_named_one(self, text: str) -> Entry:
        return await self._named.say(text)


ledger = Module(name="ledger", exports=[Ledger.by(in_threads(BlockingLedger))])
words = Module(name="words", provide=[Calls], exports=[Words.by(Upper, Letters, in_threads(Length))])
asking = Module(
    name="asking",
    provide=[provide(please, name="please"), provide(thanks, name="thanks")],
    exports=[Asking.by(Asks)],
)
