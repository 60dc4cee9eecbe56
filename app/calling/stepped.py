"""A stream answered in this process, and what a wire would have done around it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from contextvars import copy_context
from time import monotonic
from types import coroutine
from typing import TYPE_CHECKING, Any

from ..ambient import DEADLINE_PASSED, NEVER, Expiry, deadline, set_ambient
from ..module.failure import DeadlineExceeded
from .crossing import broke
from .streams import BREATH, Call, Given, Producer, Stream, close_later

if TYPE_CHECKING:
    from ..ambient import Ambient
    from .local import LocalTarget
    from .target import Side

Opening = Callable[["Ambient"], tuple[AsyncIterator[Any], Given | None]]
"""Lets a call in and begins to answer it; run in the stream's own context."""


class Stepped(Stream):
    """Items of a local implementation: same class, same order, none made before it is asked for."""

    __slots__ = ("_context", "_expected", "_expiry", "_given", "_leaving", "_n", "_next", "_opening", "_producer",
                 "_run", "_side", "_target")  # fmt: skip

    def __init__(
        self, call: Call, target: LocalTarget, side: Side, opening: Opening, leaving: Callable[[Any], Any] | None
    ) -> None:
        super().__init__(call)
        self._target = target
        self._side = side
        self._opening = opening
        self._leaving = leaving
        self._expected = side.method.result
        self._context = copy_context()
        self._run = self._context.run
        self._expiry: Expiry = NEVER
        self._producer: Producer | None = None
        self._next: Callable[[], Any] | None = None
        self._given: Given | None = None
        self._n = 0

    def _open(self) -> Callable[[], Any]:
        ambient = self._begin()
        self._expiry = ambient.expiry
        try:
            self._run(set_ambient, ambient)
            iterator, self._given = self._run(self._opening, ambient)
        except BaseException as error:
            self._end(error)
            raise
        self._producer = Producer(iterator, self._context)
        self._next = self._producer.next
        return self._next

    @coroutine
    def __anext__(self) -> Generator[Any, Any, Any]:
        step_of = self._next
        if step_of is None:
            step_of = self._open()
        elif self._over:
            raise StopAsyncIteration
        self._n = n = self._n + 1
        if not n & BREATH:
            yield
        run = self._run
        failure: BaseException | None = None
        try:
            step = step_of()
            waiting = run(step.send, None)
            while True:
                try:
                    sent = yield waiting
                except BaseException as error:
                    waiting = run(step.throw, error)
                else:
                    waiting = run(step.send, sent)
        except StopIteration as done:
            item = done.value
            if type(item) is self._expected:
                if self._leaving is None and not self._expiry.expired:
                    return item
                if self._leaving is not None:
                    item, failure = self._target.checked(self._side, self._leaving, item)
                    if failure is None and not self._expiry.expired:
                        return item
            else:
                failure = self._target.wrong_class(self._side, item)
        except StopAsyncIteration:
            failure = StopAsyncIteration()
        except BaseException as error:
            given = self._given
            failure = given.error if given is not None else None
            if failure is None:
                failure = self._target.crossed(self._side, error)
            if failure is None:
                self._end(error)
                if given is not None and self._loop is not None:
                    close_later(self._loop, given.aclose)
                raise
        if self._expiry.expired:
            failure = DeadlineExceeded(DEADLINE_PASSED)
        assert failure is not None
        closing = self._closing()
        self._end(None if isinstance(failure, StopAsyncIteration) else failure)
        if closing is not None:
            yield from closing().__await__()
        raise failure

    def _closing(self) -> Callable[[], Coroutine[Any, Any, None]] | None:
        producer, given, side, target = self._producer, self._given, self._side, self._target

        async def close() -> None:
            try:
                if producer is not None:
                    await producer.aclose()
            except Exception as error:  # the reader has gone and would not know what to do about it
                broke(error, side.method, target.module, side.tell)
            finally:
                if given is not None:
                    await given.aclose()

        return close


class Bounded(Stepped):
    """A stream with a deadline of its own: whichever task steps it is held to that."""

    __slots__ = ()

    @coroutine
    def __anext__(self) -> Generator[Any, Any, Any]:
        if self._next is None:
            self._open()
        try:
            with deadline(self._expiry.at - monotonic()) as ambient:
                if ambient.expiry.expired:
                    self._expiry.expired = True
                return (yield from super().__anext__())  # pyright: ignore[reportGeneralTypeIssues]
        except DeadlineExceeded as error:
            self._expiry.expired = True
            self._end(error)
            raise
