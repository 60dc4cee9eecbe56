"""The cell behind a method: counts, gates, scope and policy of each call, and the target that answers it now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any

from ..ambient import DEADLINE_PASSED, NEVER, NOTHING, Ambient, Expiry, current, deadline, held_back
from ..module.failure import DeadlineExceeded, Failure, ResourceExhausted, Unavailable
from .counts import Counts
from .crossing import called, is_nested
from .policy import Breaker, Policy, RetryBudget
from .target import Nobody, Side, Target

if TYPE_CHECKING:
    from .observer import Observer, Span
    from .streams import Stream


class Guards:
    """What all methods of a binding share: its policy, breaker, budget and observer."""

    def __init__(self, policy: Policy, observer: Observer | None) -> None:
        self.policy = policy
        self.observer = observer
        self.breaker = Breaker(policy.breaker_failures, policy.breaker_pause) if policy.breaker_failures else None
        self.budget = RetryBudget(policy.retry_budget)
        self.limited = policy.max_concurrency > 0
        self.running = 0
        """Calls in flight, kept where they are limited."""

    @property
    def in_the_way(self) -> bool:
        """Whether every call has to pass here."""
        return self.breaker is not None or self.limited


class Cell(Counts):
    """One method of one binding. The caller's compiled code touches `quick`, `calls`, `mask` and the target's
    `running`; everything that a call in a plain scope does not need is behind the methods here."""

    __slots__ = ("_answer", "_default", "_guards", "_stream", "quick", "side", "target")

    def __init__(self, side: Side, guards: Guards) -> None:
        super().__init__()
        self.side = side
        self._guards = guards
        declared = side.method.declaration.deadline
        self._default = declared if declared is not None else guards.policy.default_deadline
        self.target: Target = Nobody()
        self.quick: Callable[..., Awaitable[Any]] | None = None
        self._answer: Any = None
        self._stream: Any = None

    def turn_to(self, target: Target) -> None:
        """Let another target answer from now on."""
        if self.side.method.streams_out:
            self._stream = target.streaming(self.side)
        else:
            self._answer = target.unary(self.side)
            careful = self.side.check_values or self._guards.in_the_way
            self.quick = None if careful else target.quick(self.side.method)
        self.target = target

    # --- what the compiled caller turns to ---------------------------------------------------------------------------

    async def slow(self, args: tuple[Any, ...]) -> Any:
        """A call that needs more than a plain scope gives: a scope of its own, a span, policy, another process."""
        self.calls += 1
        weight = 0 if self.calls & self.mask else self.weight()
        began = perf_counter() if weight else 0.0
        target, answer = self.target, self._answer
        target.running += 1
        ambient = current() or NOTHING
        observer = self._guards.observer
        try:
            if ambient.held is not None:
                raise held_back(ambient, self.side.method.full_name)
            if observer is not None and (ambient is NOTHING or ambient.span is not None):
                return await self._observed(observer, target, answer, ambient, args)
            if ambient.expiry is NEVER:
                with deadline(self._default) as ambient:
                    return await self._guarded(answer, ambient, args)
            return await self._guarded(answer, ambient, args)
        except BaseException as error:
            self._failed(error)
            raise
        finally:
            target.running -= 1
            if weight:
                now = perf_counter()
                self.lasted(now - began, weight, now)

    async def timed(self, ambient: Ambient, args: tuple[Any, ...]) -> Any:
        """A call that could have been quick, and whose duration is taken."""
        weight = self.weight()
        target, answer = self.target, self._answer
        target.running += 1
        began = perf_counter()
        try:
            return await answer(ambient, args)
        except Failure as error:
            failure = error
        except BaseException as error:
            self._failed(error)
            raise
        finally:
            now = perf_counter()
            target.running -= 1
            self.lasted(now - began, weight, now)
        return await self.failed(failure, args)

    def crossed(self, target: Any, ambient: Ambient, error: BaseException) -> Failure | None:
        """What the caller sees of what a quick call raised; None where it must pass as it is."""
        failure: Failure | None = target.crossed(self.side, error)
        if failure is None:
            self._failed(error)
        elif ambient.expiry.expired:
            return DeadlineExceeded(DEADLINE_PASSED)
        return failure

    def late_or_wrong(self, target: Any, ambient: Ambient, result: Any) -> Failure:
        """Why a quick call's result is not handed on."""
        if ambient.expiry.expired:
            return DeadlineExceeded(DEADLINE_PASSED)
        return target.wrong_class(self.side, result)

    async def failed(self, failure: Failure, args: tuple[Any, ...]) -> Any:
        """The first try of a quick call failed: count it and raise it, or try again."""
        try:
            if self._retriable(failure):
                return await self._again(self._answer, current() or NOTHING, args, failure)
            raise failure
        except BaseException as error:
            self._failed(error)
            raise

    # --- one call, layer by layer ------------------------------------------------------------------------------------

    async def _observed(
        self, observer: Observer, target: Target, answer: Any, ambient: Ambient, args: tuple[Any, ...]
    ) -> Any:
        span = observer.leaves(self.side.method, target.placement, ambient)
        failure: BaseException | None = None
        try:
            inner = ambient if span is None else span.ambient
            seconds = self._default if inner.expiry is NEVER else inner.expiry.at - monotonic()
            with deadline(seconds, trace=inner.trace, span=inner.span) as scoped:
                return await self._guarded(answer, scoped, args)
        except BaseException as error:
            failure = error
            raise
        finally:
            if span is not None:
                span.ends(failure)

    async def _guarded(self, answer: Any, ambient: Ambient, args: tuple[Any, ...]) -> Any:
        if ambient.expiry.expired or ambient.expiry.at <= monotonic():
            raise DeadlineExceeded(DEADLINE_PASSED)
        guards = self._guards
        if guards.in_the_way:
            return await self._counted(answer, ambient, args)
        try:
            return await answer(ambient, args)
        except Unavailable as error:
            if not self._retriable(error):
                raise
            failure = error
        return await self._again(answer, ambient, args, failure)

    async def _counted(self, answer: Any, ambient: Ambient, args: tuple[Any, ...]) -> Any:
        guards, policy = self._guards, self._guards.policy
        if guards.limited and guards.running >= policy.max_concurrency:
            raise ResourceExhausted(f"{policy.max_concurrency} calls of {_contract(self.side)} are in flight already")
        guards.running += 1
        try:
            try:
                return await self._through_breaker(answer, ambient, args)
            except Unavailable as error:
                if not self._retriable(error):
                    raise
                failure = error
            return await self._again(answer, ambient, args, failure)
        finally:
            guards.running -= 1

    async def _through_breaker(self, answer: Any, ambient: Ambient, args: tuple[Any, ...]) -> Any:
        breaker = self._guards.breaker
        if breaker is None:
            return await answer(ambient, args)
        if not breaker.admits():
            raise Unavailable(f"{_contract(self.side)} failed too often; calls pause for a moment")
        try:
            result = await answer(ambient, args)
        except (Unavailable, DeadlineExceeded):
            breaker.failed()
            raise
        except Failure:
            breaker.succeeded()  # it answered
            raise
        except BaseException:
            if ambient.expiry.expired:
                breaker.failed()
            else:
                breaker.abandoned()
            raise
        breaker.succeeded()
        return result

    def _retriable(self, failure: Failure) -> bool:
        """Whether a try that ended like this may be followed by another."""
        return (
            isinstance(failure, Unavailable)
            and self.side.method.retriable
            and self._guards.policy.attempts > 1
            and not is_nested(failure)
        )

    async def _again(self, answer: Any, ambient: Ambient, args: tuple[Any, ...], failure: Failure) -> Any:
        policy, budget = self._guards.policy, self._guards.budget
        for tries in range(1, policy.attempts):
            pause = policy.pause(tries)
            if ambient.expiry.remaining() <= pause or not budget.take(self.calls):
                break
            await asyncio.sleep(pause)
            try:
                return await self._through_breaker(answer, ambient, args)
            except Unavailable as error:
                if is_nested(error):
                    raise
                failure = error
        raise failure

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, Failure):
            self.failures[error.code] += 1
            called(error)
        elif isinstance(error, asyncio.CancelledError):
            self.failures[0] += 1

    # --- streams -----------------------------------------------------------------------------------------------------

    def stream(self, args: tuple[Any, ...]) -> Stream:
        """A stream of answers; the call begins with its first item."""
        declared = self.side.method.declaration.deadline
        ambient = current() or NOTHING
        bounded = declared is not None and ambient.expiry is NEVER
        if bounded and declared is not None:
            ambient = ambient.with_(expiry=Expiry(monotonic() + declared))
        return self._stream(StreamCall(self, ambient), args, bounded)


class StreamCall:
    """The binding's side of one stream."""

    __slots__ = ("_ambient", "_began", "_cell", "_span", "_target", "_weight")

    def __init__(self, cell: Cell, ambient: Ambient) -> None:
        self._cell = cell
        self._ambient = ambient
        self._target = cell.target
        self._span: Span | None = None

    def begins(self) -> Ambient:
        cell, ambient, guards = self._cell, self._ambient, self._cell._guards
        cell.calls += 1
        try:
            for held in (ambient, current() or NOTHING):
                if held.held is not None:
                    raise held_back(held, cell.side.method.full_name)
            if ambient.expiry.expired or ambient.expiry.at <= monotonic():
                raise DeadlineExceeded(DEADLINE_PASSED)
            if guards.limited and guards.running >= guards.policy.max_concurrency:
                raise ResourceExhausted(
                    f"{guards.policy.max_concurrency} calls of {_contract(cell.side)} are in flight already"
                )
            if guards.breaker is not None and not guards.breaker.admits():
                raise Unavailable(f"{_contract(cell.side)} failed too often; calls pause for a moment")
        except Failure as failure:
            cell._failed(failure)
            raise
        if guards.limited:
            guards.running += 1
        if guards.observer is not None and (ambient.expiry is NEVER or ambient.span is not None):
            self._span = guards.observer.leaves(cell.side.method, self._target.placement, ambient)
            if self._span is not None:
                ambient = ambient.with_(trace=self._span.ambient.trace, span=self._span.ambient.span)
        self._weight = 0 if cell.calls & cell.mask else cell.weight()
        self._began = perf_counter()
        self._target.running += 1
        return ambient

    def ended(self, failure: BaseException | None) -> None:
        cell, guards = self._cell, self._cell._guards
        self._target.running -= 1
        if guards.limited:
            guards.running -= 1
        if guards.breaker is not None:
            if isinstance(failure, (Unavailable, DeadlineExceeded)):
                guards.breaker.failed()
            else:
                guards.breaker.succeeded()
        if failure is not None:
            cell._failed(failure)
        if self._span is not None:
            self._span.ends(failure)
        if self._weight:
            now = perf_counter()
            cell.lasted(now - self._began, self._weight, now)


def _contract(side: Side) -> str:
    return side.method.contract.__name__
