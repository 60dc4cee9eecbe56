"""The cell behind a method: counts, gates, scope and policy of each call, and the target that answers it now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any

from ..ambient import DEADLINE_PASSED, NEVER, NOTHING, Ambient, Expiry, current, deadline, held_back
from ..module.failure import DeadlineExceeded, Failure, Unavailable
from .counts import Counts
from .crossing import CALLED, NESTED, marked
from .stream_call import StreamCall
from .target import Nobody, Side, Target

if TYPE_CHECKING:
    from .guards import Guards
    from .observer import Observer
    from .streams import Stream


class Cell(Counts):
    """One method of one binding. The caller's compiled code touches `quick`, `calls`, `mask` and the target's
    `running`; everything that a call in a plain scope does not need is behind the methods here."""

    __slots__ = ("_answer", "_default", "_stream", "guards", "quick", "side", "target")

    def __init__(self, side: Side, guards: Guards) -> None:
        super().__init__()
        self.side = side
        self.guards = guards
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
            careful = self.side.check_values or self.guards.in_the_way
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
        observer = self.guards.observer
        try:
            if ambient.held is not None:
                raise held_back(ambient, self.side.method.full_name)
            if observer is not None and (ambient is NOTHING or ambient.span is not None):
                return await self._observed(observer, target, answer, ambient, args)
            if ambient.expiry is NEVER:
                with deadline(self._default) as ambient:
                    return await self.guards.call(self, answer, ambient, args)
            return await self.guards.call(self, answer, ambient, args)
        except BaseException as error:
            self.count_failure(error)
            raise
        finally:
            target.running -= 1
            if weight:
                now = perf_counter()
                self.lasted(now - began, weight, now)

    async def arrived(self, ambient: Ambient, args: tuple[Any, ...]) -> Any:
        """A call from another process, in the scope that its server opened. If it is answered here, its caller is the
        one to try again; if it is only passed on, we are, and the caller need not."""
        self.calls += 1
        weight = 0 if self.calls & self.mask else self.weight()
        began = perf_counter() if weight else 0.0
        target, answer = self.target, self._answer
        target.running += 1
        try:
            if target.placement != "local":
                return await self._passed_on(target, answer, ambient, args)
            if self.guards.in_the_way:
                return await self.guards.once(self, answer, ambient, args)
            return await answer(ambient, args)
        except BaseException as error:
            self.count_failure(error)
            raise
        finally:
            target.running -= 1
            if weight:
                now = perf_counter()
                self.lasted(now - began, weight, now)

    async def _passed_on(self, target: Target, answer: Any, ambient: Ambient, args: tuple[Any, ...]) -> Any:
        try:
            if self.guards.observer is not None and ambient.span is not None:
                return await self._observed(self.guards.observer, target, answer, ambient, args)
            return await self.guards.call(self, answer, ambient, args)
        except Unavailable as failure:
            marked(failure, NESTED)
            raise

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
            self.count_failure(error)
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
            self.count_failure(error)
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
            if self.guards.retriable(self, failure):
                return await self.guards.again(self, self._answer, current() or NOTHING, args, failure)
            raise failure
        except BaseException as error:
            self.count_failure(error)
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
                return await self.guards.call(self, answer, scoped, args)
        except BaseException as error:
            failure = error
            raise
        finally:
            if span is not None:
                span.ends(failure)

    def count_failure(self, error: BaseException) -> None:
        if isinstance(error, Failure):
            self.failures[error.code] += 1
            marked(error, CALLED)
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
