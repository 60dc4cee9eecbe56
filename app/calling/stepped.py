"""A stream answered in this process, and what a wire would have done around it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from functools import partial
from time import monotonic
from types import coroutine
from typing import TYPE_CHECKING, Any

from ..ambient import DEADLINE_PASSED, NEVER, Expiry, deadline, set_ambient, task_of
from ..module.failure import DeadlineExceeded, Failure
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

    __slots__ = ("_expected", "_expiry", "_given", "_leaving", "_opening", "_producer", "_pump", "_run",
                 "_side", "_step", "_target")  # fmt: skip

    def __init__(
        self, call: Call, target: LocalTarget, side: Side, opening: Opening, leaving: Callable[[Any], Any] | None
    ) -> None:
        super().__init__(call)
        self._target = target
        self._side = side
        self._opening = opening
        self._leaving = leaving
        self._expected = side.method.result
        self._run = self._context.run
        self._expiry: Expiry = NEVER
        self._producer: Producer | None = None
        self._pump: Any = None
        self._step: Callable[[], Any] | None = None
        self._given: Given | None = None

    async def _opened(self) -> Any:
        self._open()
        return await self.__anext__()

    def _open(self) -> None:
        ambient = self._begin()
        self._expiry = ambient.expiry
        try:
            self._run(set_ambient, ambient)
            iterator, self._given = self._run(self._opening, ambient)
        except BaseException as error:
            self._end(error)
            raise
        self._producer = Producer(iterator, self._context)
        self._pump = _pump(self._producer.next, self._expiry, self._target, self._side, self._leaving)
        self._step = partial(self._run, self._pump.send, None)

    @coroutine
    def __anext__(self) -> Generator[Any, Any, Any]:
        step, expected = self._step, self._expected
        if step is None or self._over:
            return (yield from self._first().__await__())
        failure: BaseException
        try:
            got = step()
            if type(got) is expected:
                return got
            self._step = None  # whoever else asks meanwhile is refused
            try:
                ends = self._expiry
                alone = ends.at < NEVER.at and (ends.task is None or ends.task is not task_of(self._loop))
                got = yield from (self._held(got) if alone else self._waited(got))
            finally:
                self._step = step
            if type(got) is not expected:
                failure = got
            elif self._over:
                failure = StopAsyncIteration()  # closed by somebody else meanwhile, who left the closing to us
            else:
                return got
        except StopIteration as judged:
            failure = judged.value
        except StopAsyncIteration:
            failure = self._given_failure() or StopAsyncIteration()
        except BaseException as error:
            passing = self._given_failure() or self._target.crossed(self._side, error)
            if passing is None:
                self._end(error)
                if self._given is not None and self._loop is not None:
                    close_later(self._loop, self._given.aclose)
                raise
            failure = passing
            del passing
        if self._expiry.expired:
            failure = DeadlineExceeded(DEADLINE_PASSED)
        closing = self._closing()
        self._end(None if isinstance(failure, StopAsyncIteration) else failure)
        if closing is not None:
            yield from closing().__await__()
        try:
            raise failure
        finally:
            del failure  # its traceback holds this frame: a circle would wait for the collector

    def _given_failure(self) -> BaseException | None:
        return self._given.error if self._given is not None else None

    def _waited(self, got: Any) -> Generator[Any, Any, Any]:
        """What the producer waits for, up to its item or the failure that stands for one."""
        try:
            while type(got) is not self._expected:
                try:
                    sent = yield got
                except BaseException as error:
                    got = self._run(self._pump.throw, error)
                else:
                    got = self._run(self._pump.send, sent)
        except StopIteration as judged:  # no generator lets one pass
            return judged.value
        return got

    def _held(self, got: Any) -> Generator[Any, Any, Any]:
        """The same for a reader in whose task nothing ends the stream's scope, since it was left or is another's: it is held
        to that time here."""
        scope = deadline(self._expiry.at - monotonic())
        try:
            with scope:
                return (yield from self._waited(got))
        finally:
            self._expiry.expired = self._expiry.expired or scope.expired

    def _closing(self) -> Callable[[], Coroutine[Any, Any, None]] | None:
        producer, given, side, target = self._producer, self._given, self._side, self._target

        async def close() -> None:
            if producer is not None and producer.running:
                return  # somebody waits for an item, and closes when it comes
            try:
                if producer is not None:
                    await producer.aclose()
            except Exception as error:  # the reader has gone and would not know what to do about it
                broke(error, side.method, target.module, side.tell)
            finally:
                if given is not None:
                    await given.aclose()

        return close


@coroutine
def _pump(
    next_item: Callable[[], Any],
    expiry: Expiry,
    target: LocalTarget,
    side: Side,
    leaving: Callable[[Any], Any] | None,
) -> Generator[Any, Any, Failure]:
    """Yields what the producer waits for, and its items: the one is never taken for the other, since an item is of the
    contract's class. (Handing an item over by a yield costs half of what the end of an awaitable does.)
    Returns a failure where an item is not what it should be. Knows nothing of the stream, which has to die first."""
    expected = side.method.result
    n = 0
    while True:
        item = yield from next_item()
        if type(item) is not expected:
            return target.wrong_class(side, item)
        if leaving is not None:
            item, failure = target.checked(side, leaving, item)
            if failure is not None:
                return failure
        if expiry.expired:
            return DeadlineExceeded(DEADLINE_PASSED)
        n += 1
        if not n & BREATH:
            yield
        yield item
