"""A lane: one method answered by one target. Counts, gate, scope and policy of each call that takes it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any

from ..ambient import DEADLINE_PASSED, NEVER, NOTHING, Ambient, current, deadline, held_back
from ..module.failure import DeadlineExceeded, Failure, Unavailable
from .counts import Counts
from .crossing import CALLED, NESTED, marked
from .policy import Breaker
from .target import Answerer, Side, Target, Unary

if TYPE_CHECKING:
    from .guards import Guards
    from .observer import Observer


_NO_BREAKER = Breaker(1, 0.0)
"""Is told nothing, and stays calm."""


class Lane(Counts):
    """The compiled caller touches `calls`, `done`, `mask`, `weighed` and `quick`; what a call in a plain scope does not need is
    behind the methods here. `mask` is 0 where every call is timed, and where none is quick."""

    __slots__ = ("_answer", "_here", "_paid", "alone", "breaker", "default", "far", "guards", "mask", "quick", "side",
                 "target", "watched")  # fmt: skip

    def __init__(self, side: Side, guards: Guards, target: Target) -> None:
        super().__init__()
        self.side = side
        self.guards = guards
        self.target = target
        declared = side.method.declaration.deadline
        self.default = declared if declared is not None else guards.policy.default_deadline
        """Seconds of a call that finds no deadline in force."""
        self._paid = 0
        self.mask = 0
        self.quick: Callable[..., Awaitable[Any]] | None = None
        self._answer: Unary | None = None
        self.watched = guards.breaker
        """The breaker of this target: what is still tried here after a swap is no news of the next one."""
        self.breaker = guards.breaker or _NO_BREAKER
        self._here = target.placement == "local" and not (guards.in_the_way or side.method.streams_out)
        """Whether a call that has come from elsewhere is answered here, with nothing between."""
        if not side.method.streams_out:
            self._answer = target.unary(side)
            if not (side.check_values or guards.in_the_way):
                self.quick = target.quick(side.method)
        self.far = None if guards.policy.max_concurrency else self._answer
        """How to be answered elsewhere, or with values that are checked, as long as the breaker is calm."""
        self.alone = self.quick is not None and guards.observer is None
        """Whether a call outside of every scope needs nothing but a scope."""

    def sample(self, sampling: int) -> None:
        self.sampling = sampling
        self.mask = sampling if self.quick is not None else 0

    # --- what the compiled caller turns to ---------------------------------------------------------------------------

    async def slow(self, args: tuple[Any, ...]) -> Any:
        """A call that needs more than a plain scope gives: a scope of its own, a span, policy, another process."""
        self.calls = calls = self.calls + 1
        guards, answer, ambient = self.guards, self._answer, current() or NOTHING
        alone = ambient.expiry is NEVER and ambient.held is None and guards.observer is None
        if not alone or answer is None or not calls & self.sampling:
            return await self._counted(self._leaving, ambient, args)
        try:  # it needs a scope and no more, and another call is timed for this one
            with deadline(self.default) as ambient:
                return await guards.call(self, answer, ambient, args)
        except BaseException as error:
            self.count_failure(error)
            raise
        finally:
            self.done += 1

    async def guarded(self, ambient: Ambient, args: tuple[Any, ...]) -> Any:
        """A call in a plain scope, counted already, with a limit or a breaker in its way, or no time left."""
        return await self._counted(self.guards.call, ambient, args)

    def final(self, ambient: Ambient, error: BaseException, began: float, weight: int) -> bool:
        """Whether the first try of a call elsewhere that failed was its last: then it is counted."""
        expired = ambient.expiry.expired
        self.guards.report(self.watched, error, expired)
        if isinstance(error, Unavailable) and self.guards.retriable(self, error):
            return False
        self.count_failure(error, expired)
        self.over(began, weight)
        return True

    async def further(
        self, ambient: Ambient, args: tuple[Any, ...], failure: Failure, began: float, weight: int
    ) -> Any:
        """Further tries of a call elsewhere."""
        answer = self._answer
        assert answer is not None  # streams do not come here
        try:
            return await self.guards.again(self, answer, ambient, args, failure)
        except BaseException as error:
            self.count_failure(error, ambient.expiry.expired)
            raise
        finally:
            del failure
            self.over(began, weight)

    def crossed(self, ambient: Ambient, error: BaseException) -> Failure | None:
        """What the caller sees of what a quick call raised; None where it must pass as it is."""
        failure = self._answerer().crossed(self.side, error)
        if ambient.expiry.expired:
            if failure is not None:
                return DeadlineExceeded(DEADLINE_PASSED)
            self.count_failure(error, expired=True)
        elif failure is None:
            self.count_failure(error)
        return failure

    def late_or_wrong(self, ambient: Ambient, result: Any) -> Failure:
        """Why a quick call's result is not handed on."""
        if ambient.expiry.expired:
            return DeadlineExceeded(DEADLINE_PASSED)
        return self._answerer().wrong_class(self.side, result)

    async def failed(self, failure: Failure, args: tuple[Any, ...]) -> Any:
        """The first try of a quick call failed: count it and raise it, or try again."""
        answer = self._answer
        try:
            if answer is not None and self.guards.retriable(self, failure):
                return await self.guards.again(self, answer, current() or NOTHING, args, failure)
            raise failure
        except BaseException as error:
            self.count_failure(error)
            raise
        finally:
            del failure  # its traceback holds this frame: a circle would wait for the collector

    def unpaid(self) -> int:
        """The calls that have not paid into the budget of further tries yet; from now on they have."""
        unpaid, self._paid = self.calls - self._paid, self.calls
        return unpaid

    # --- the rest ----------------------------------------------------------------------------------------------------

    async def arrived(self, ambient: Ambient, args: tuple[Any, ...]) -> Any:
        """A call from another process, in the scope that its server opened. If it is answered here, its caller is the
        one to try again; if it is only passed on, we are, and the caller need not."""
        self.calls = calls = self.calls + 1
        if not self._here or ambient.expiry.expired:
            elsewhere = self.target.placement != "local"
            return await self._counted(self._passed_on if elsewhere else self.guards.once, ambient, args)
        weight = 0 if calls & self.sampling else self.weight()
        began = perf_counter() if weight else 0.0
        try:
            return await self._answer(ambient, args)  # type: ignore[misc]  # there is one, as it is no stream
        except BaseException as error:
            self.count_failure(error, ambient.expiry.expired)
            raise
        finally:
            if weight:
                self.lasted(began, weight)
            else:
                self.done += 1

    async def _counted(self, inner: Any, ambient: Ambient, args: tuple[Any, ...]) -> Any:
        weight = 0 if self.calls & self.sampling else self.weight()
        began = perf_counter()
        try:
            return await inner(self, self._answer, ambient, args)
        except BaseException as error:
            self.count_failure(error, ambient.expiry.expired)
            raise
        finally:
            self.over(began, weight)

    def hand_over(self, other: Lane, weight: int) -> None:
        """Let a call that is under way here, timed where it stands for any, go on there; all in all it stays one call."""
        self.calls -= 1
        other.calls += 1
        if weight:
            other.weighed += 1

    def over(self, began: float, weight: int) -> None:
        """A call is over; it was timed where it stands for any."""
        if weight:
            self.lasted(began, weight)
        else:
            self.done += 1

    @staticmethod
    async def _leaving(lane: Lane, answer: Unary, ambient: Ambient, args: tuple[Any, ...]) -> Any:
        if ambient.held is not None:
            raise held_back(ambient, lane.side.method.full_name)
        observer = lane.guards.observer
        if observer is not None and (ambient is NOTHING or ambient.span is not None):
            return await lane._observed(observer, answer, ambient, args)
        expiry = ambient.expiry
        if expiry.task is None:
            with deadline(expiry.remaining() if expiry.at < NEVER.at else lane.default) as ambient:
                return await lane.guards.call(lane, answer, ambient, args)
        return await lane.guards.call(lane, answer, ambient, args)

    @staticmethod
    async def _passed_on(lane: Lane, answer: Unary, ambient: Ambient, args: tuple[Any, ...]) -> Any:
        try:
            return await lane._leaving(lane, answer, ambient, args)
        except Unavailable as failure:
            marked(failure, NESTED)
            raise

    async def _observed(self, observer: Observer, answer: Unary, ambient: Ambient, args: tuple[Any, ...]) -> Any:
        span = observer.leaves(self.side.method, self.target.placement, ambient)
        failure: BaseException | None = None
        try:
            inner = ambient if span is None else span.ambient
            expiry = inner.expiry
            seconds = expiry.at - monotonic() if expiry.task is not None or expiry.at < NEVER.at else self.default
            with deadline(seconds, trace=inner.trace, span=inner.span) as scoped:
                return await self.guards.call(self, answer, scoped, args)
        except BaseException as error:
            failure = error
            raise
        finally:
            if span is not None:
                span.ends(failure)

    def count_failure(self, error: BaseException, expired: bool = False) -> None:
        """Count how a call failed. `expired`: its scope's time is over, and a cancellation becomes DeadlineExceeded where
        the scope ends."""
        if isinstance(error, Failure):
            self.failures[error.code] += 1
            marked(error, CALLED)
        elif isinstance(error, asyncio.CancelledError):
            self.failures[DeadlineExceeded.code if expired else 0] += 1

    def _answerer(self) -> Answerer:
        target = self.target
        assert isinstance(target, Answerer)  # only those that are quick get here
        return target
