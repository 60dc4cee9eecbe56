"""Background work: supervised tasks that live between a constructor's start and its stop. Nothing is forgotten."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from contextvars import Context
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Literal, get_args

from ..ambient import NEVER, NOTHING, current, set_ambient
from ..telling.steps import BackgroundFailed, Teller
from .lifecycle import Hook, Hooks, Phase, StateError
from .shutdown import Shutdown

if TYPE_CHECKING:
    from .nodes import Node

Restart = Literal["never", "on-failure", "always"]
Sleep = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Policy:
    """When work is run again. Delays are seconds and double from `backoff` up to `most`; `attempts` bounds failures
    in a row (None: no bound), and a run of `steady` seconds ends the row."""

    restart: Restart = "never"
    attempts: int | None = 5
    backoff: float = 0.1
    most: float = 30.0
    steady: float = 60.0

    def delay(self, failures: int) -> float:
        """Seconds before the next run, after so many failures in a row."""
        return min(self.most, self.backoff * 2.0 ** min(failures - 1, 60)) if failures else self.backoff


class Work:
    """One piece of background work."""

    __slots__ = ("_background", "call", "context", "name", "passing", "policy", "task")

    def __init__(
        self, background: Background, call: Callable[[], Awaitable[object]], name: str, policy: Policy
    ) -> None:
        self._background, self.call, self.name, self.policy = background, call, name, policy
        self.context = Context()
        self.passing = False
        self.task: asyncio.Task[None] | None = None

    async def cancel(self) -> None:
        """End it and wait until it has ended. What it raises meanwhile is raised here."""
        await self._background.cancel([self])


class Background:
    """Inject it for work that runs beside the calls: `background.run(self.poll, restart="on-failure")`.

    Work handed in by a constructor starts with the constructor's hooks, in their order; work handed in later starts
    at once. All of it is cancelled when the constructor is stopped. Work that fails for good brings the host down
    with its cause: `shutdown(1, cause)`.
    """

    def __init__(
        self, hooks: Hooks, node: Node, tell: Teller, shutdown: Shutdown, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._hooks, self._node, self._tell, self._shutdown, self._sleep = hooks, node, tell, shutdown, sleep
        self._works: list[Work] = []
        self._open = False
        self._hook: Hook | None = None

    def run(
        self,
        work: Callable[[], Awaitable[object]],
        *,
        name: str = "",
        restart: Restart = "never",
        attempts: int | None = 5,
        backoff: float = 0.1,
        max_backoff: float = 30.0,
        steady: float = 60.0,
        carry: bool = False,
    ) -> Work:
        """Run an async function without arguments, supervised, in a context of its own.

        restart: after a failure, `always` also after it returned. attempts: failures in a row before it has failed
        for good; None for no bound. backoff, max_backoff: seconds before the next run, doubled at each failure.
        steady: seconds of running that make earlier failures forgotten. carry: let the principal, the trace and the
        metadata in force go along, for work that finishes what a call began; its deadline and its cancellation do not.
        Raises StateError where the host is stopping, TypeError for what cannot be called, ValueError for another
        `restart`.
        """
        if not callable(work):
            if inspect.iscoroutine(work):
                work.close()
            raise TypeError(f"the background work of {self._node.label} is {work!r}: hand in the function, uncalled")
        if restart not in get_args(Restart):
            raise ValueError(f"restart={restart!r}: say one of {', '.join(get_args(Restart))}")
        policy = Policy(restart, attempts, backoff, max_backoff, steady)
        entry = Work(self, work, name or f"{self._node.label}.{getattr(work, '__name__', 'work')}", policy)
        if carry:
            entry.context.run(set_ambient, (current() or NOTHING).with_(expiry=NEVER, held=None))
        phase = self._hooks.phase
        if phase in (Phase.STOPPING, Phase.STOPPED, Phase.CLOSED):
            raise StateError(f"{entry.name} came too late: the host is {phase.value}")
        late = phase is Phase.STARTED
        if self._hook is None:
            hook = Hook(self._node.label, None if late else self._start, self._stop, None, None)
            self._hooks.add(self._node, hook)
            self._hook = hook
            self._open = late
        entry.passing = phase is not Phase.NEW
        self._works.append(entry)
        if self._open:
            self._spawn(entry)
        return entry

    def _start(self) -> None:
        self._open = True
        for work in self._works:
            self._spawn(work)

    async def _stop(self) -> None:
        self._open = False
        works = self._works
        self._works = [work for work in works if not work.passing]
        if self._hook is not None and self._hook.passing:
            self._hook = None
        await self.cancel(works)

    async def cancel(self, works: list[Work]) -> None:
        """End some work and wait until it has ended; errors come back together."""
        tasks = {work.task: work for work in works if work.task is not None}
        for task in tasks:
            task.cancel("the host stops")
        if tasks:
            await asyncio.wait(tasks)
        errors = [error for task in tasks if not task.cancelled() and isinstance(error := task.exception(), Exception)]
        for work in works:
            work.task = None
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise ExceptionGroup("background work failed while it was stopped", errors)

    def _spawn(self, work: Work) -> None:
        task = self._supervise(work)
        work.task = asyncio.get_running_loop().create_task(task, name=work.name, context=work.context.copy())

    async def _supervise(self, work: Work) -> None:
        failures = 0
        while True:
            began = monotonic()
            error = await self._once(work)
            if monotonic() - began >= work.policy.steady:
                failures = 0
            if error is None:
                failures = 0
                if work.policy.restart != "always":
                    self._forget(work)
                    return
                await self._sleep(work.policy.delay(0))
                continue
            failures += 1
            policy = work.policy
            final = policy.restart == "never" or (policy.attempts is not None and failures >= policy.attempts)
            delay = None if final else policy.delay(failures)
            self._tell(BackgroundFailed(module=self._node.module, work=work.name, error=error, retry_in=delay))
            if delay is None:
                self._forget(work)
                self._shutdown(1, error)
                return
            await self._sleep(delay)

    async def _once(self, work: Work) -> BaseException | None:
        """Run it once; what it raised, unless we are being stopped."""
        task = asyncio.current_task()
        assert task is not None
        before = task.cancelling()
        try:
            pending = work.call()
            if not inspect.isawaitable(pending):
                return TypeError(f"{work.name} is not async: background work is an async function")
            await pending
        except asyncio.CancelledError as error:
            if task.cancelling() > before:
                raise
            return error  # it was cancelled by somebody else, or by itself
        except (Exception, KeyboardInterrupt, SystemExit) as error:  # those two would tear the loop down, uncleaned
            if task.cancelling() > before:
                raise (
                    error if isinstance(error, Exception) else RuntimeError(f"{work.name} raised {error!r}")
                ) from error
            return error
        return None

    def _forget(self, work: Work) -> None:
        if work.passing and work in self._works:
            self._works.remove(work)
