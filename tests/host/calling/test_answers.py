"""Slices, whole implementations and blocking ones: each method answered once, by what can be called so."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from app import Contract, DeadlineExceeded, Internal, Message, NotFound, deadline, in_threads, principal, query
from app.ambient import Ambient, Principal, using
from app.calling.answers import answered_by
from app.calling.binding import bind
from app.calling.local import local_target
from app.calling.threads import ThreadedInstance, Threads
from app.module.spec import spec_of
from app.telling.refusals import Refused
from app.telling.refusals.calling import AnsweredTwice, CannotAnswer, Unanswered
from app.telling.steps import Teller


class Word(Message):
    text: str


class NoWord(NotFound):
    word: str


class Words(Contract):
    @query(raises=(NoWord,))
    async def one(self, text: str) -> Word: ...

    @query()
    async def other(self, text: str = "", *, loud: bool = False) -> Word: ...

    @query()
    def many(self, number: int) -> AsyncIterator[Word]: ...

    @query()
    async def joined(self, words: AsyncIterator[Word]) -> Word: ...


class One(Words):
    async def one(self, text: str) -> Word:
        return Word(text=text)


class Rest(Words):
    async def other(self, text: str = "", *, loud: bool = False) -> Word:
        return Word(text=text.upper() if loud else text)

    async def many(self, number: int) -> AsyncIterator[Word]:
        for n in range(number):
            yield Word(text=str(n))

    async def joined(self, words: AsyncIterator[Word]) -> Word:
        return Word(text=" ".join([word.text async for word in words]))


class Blocking:
    """Names and parameters match; nothing is inherited."""

    def __init__(self) -> None:
        self.threads: set[str] = set()
        self.closed = False

    def one(self, text: str) -> Word:
        self.threads.add(threading.current_thread().name)
        if text == "stop":
            raise StopIteration
        if text == "none":
            raise NoWord(text)
        who = principal()
        return Word(text=f"{text} for {who.subject if who else 'nobody'}")

    def other(self, text: str = "", *, loud: bool = False) -> Word:
        if text == "wait":
            threading.Event().wait(0.2)
        return Word(text=text.upper() if loud else text)

    def many(self, number: int) -> Iterator[Word]:
        try:
            for n in range(number):
                self.threads.add(threading.current_thread().name)
                yield Word(text=str(n))
        finally:
            self.closed = True

    def joined(self, words: Iterator[Word]) -> Word:
        return Word(text=" ".join(word.text for word in words))


SPEC = spec_of(Words)


async def words(*texts: str) -> AsyncIterator[Word]:
    for text in texts:
        yield Word(text=text)


def caller_of(*implementations: object) -> Words:
    binding = bind(SPEC, None, tell=Teller())
    binding.swap(local_target(SPEC, implementations, "words"))
    return binding.caller  # type: ignore[return-value]


async def test_slices_together_answer_the_whole_contract() -> None:
    caller = caller_of(One(), Rest())
    assert (await caller.one("a")).text == "a"
    assert (await caller.other("b", loud=True)).text == "B"
    assert [word.text async for word in caller.many(2)] == ["0", "1"]
    assert (await caller.joined(words("a", "b"))).text == "a b"


def test_a_method_answered_by_nobody_or_twice_is_refused_before_anything_is_built() -> None:
    (refusal,) = [one for one in answered_by(SPEC, [Rest]) if isinstance(one, Unanswered)]
    assert (refusal.method, refusal.classes) == ("one", ("Rest",))
    (refusal,) = [
        one for one in answered_by(SPEC, [One, Rest, type("Two", (One,), {})]) if isinstance(one, AnsweredTwice)
    ]
    assert (refusal.method, refusal.classes) == ("one", ("One", "Two"))
    assert answered_by(SPEC, [One, Rest]) == []
    assert answered_by(SPEC, [in_threads(Blocking)]) == []
    with pytest.raises(Refused):
        local_target(SPEC, [One()], "words")


def test_a_method_that_cannot_be_called_as_declared_is_refused_with_the_cure() -> None:
    class Plain(Words):
        def one(self, text: str) -> Word:  # type: ignore[override]  # pyright: ignore
            return Word(text=text)

        async def other(self, words: str) -> Word:  # type: ignore[override]  # pyright: ignore
            return Word(text=words)

        async def many(self, number: int) -> AsyncIterator[Word]:  # type: ignore[override]  # pyright: ignore
            return words()

        async def joined(self, words: AsyncIterator[Word], more: int = 0, **rest: int) -> Word:
            return Word(text="")

    refusals = [one for one in answered_by(SPEC, [Plain]) if isinstance(one, CannotAnswer)]
    assert [one.method for one in refusals] == ["one", "other", "many"]
    assert "in_threads" in refusals[0].fix()
    assert "loud: " in refusals[1].fix()
    (refusal,) = [one for one in answered_by(SPEC, [in_threads(One), Rest]) if isinstance(one, CannotAnswer)]
    assert "is async" in refusal.why
    (refusal,) = [one for one in answered_by(SPEC, [One, Rest, object]) if isinstance(one, CannotAnswer)]
    assert "none of the contract's methods" in refusal.why


async def test_blocking_methods_run_in_threads_of_their_module_with_the_ambient() -> None:
    blocking, threads = Blocking(), Threads("words", size=2)
    caller = caller_of(ThreadedInstance(blocking, threads))
    with using(Ambient(principal=Principal("ann"))):
        assert (await caller.one("a")).text == "a for ann"
    assert [word.text async for word in caller.many(3)] == ["0", "1", "2"]
    assert (await caller.joined(words("a", "b"))).text == "a b"
    assert (await caller.other("b", loud=True)).text == "B"
    assert all(name.startswith("words") for name in blocking.threads)
    async for _ in caller.many(1_000):
        break
    while not blocking.closed:
        await asyncio.sleep(0.002)
    threads.close()


async def test_failures_of_blocking_methods_cross_like_any_other() -> None:
    threads = Threads("words")
    caller = caller_of(ThreadedInstance(Blocking(), threads))
    with pytest.raises(NoWord):
        await caller.one("none")
    with pytest.raises(Internal), deadline(5):
        await caller.one("stop")
    with pytest.raises(DeadlineExceeded), deadline(0.02):
        await caller.other("wait")
    threads.close()
    threads.close()


async def test_no_more_threads_are_started_than_allowed() -> None:
    blocking, threads = Blocking(), Threads("words", size=2)
    caller = caller_of(ThreadedInstance(blocking, threads))
    await asyncio.gather(*(caller.one(str(n)) for n in range(40)))
    assert 1 <= len(blocking.threads) <= 2
    threads.close()
