"""Runs the hooks: starts follow the graph's edges, stops the reversed ones, and every error comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

from ..telling.steps import HookStarted, HookStartFailed, HookStarting, HookStopFailed, HookStopped, Teller
from .container import Container
from .lifecycle import Call, Hook, Phase, StateError
from .nodes import Node
from .patience import LAST_CALL, EndedWell, call_within
from .stuck import Progress, Watchdog
from .walk import Turn, Walk


class StartFailed(ExceptionGroup[Exception]):
    """The start failed, and whatever had started has been stopped: the start's errors first, then the stop's."""

    def derive(self, excs: object) -> StartFailed:
        return StartFailed(self.message, excs)  # type: ignore[arg-type]  # as typeshed has it


class StopFailed(ExceptionGroup[Exception]):
    """Every stop hook has run; these failed."""

    def derive(self, excs: object) -> StopFailed:
        return StopFailed(self.message, excs)  # type: ignore[arg-type]


class Life:
    """The life of what a container holds: start, stop, start again …, close.

    start_timeout, stop_timeout: seconds for each as a whole. stuck_after: seconds after which a start that goes on
    tells who waits for whom, from a thread of its own; again at each doubling. clock: seconds, monotonic.
    """

    def __init__(
        self,
        container: Container,
        tell: Teller,
        *,
        start_timeout: float = 15.0,
        stop_timeout: float = 15.0,
        stuck_after: float | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.phase = Phase.NEW
        self._container, self._tell, self._clock = container, tell, clock
        self._start_timeout, self._stop_timeout = start_timeout, stop_timeout
        self._stuck_after = min(5.0, start_timeout / 2) if stuck_after is None else stuck_after
        self._hooks = container.hooks
        self._hooks.life = self
        self._started: dict[Node, list[Hook]] = {}
        self._errors: list[Exception] = []
        self._walk: Walk | None = None
        self._progress = Progress(clock)
        self._done = asyncio.Event()
        self._starter: asyncio.Task[object] | None = None
        self._deadline = 0.0
        self._given_up = False
        self._stopping: set[asyncio.Task[Any]] = set()

    # --- start -------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Run the start hooks. Raises StateError unless new or stopped, StartFailed when a hook fails or time is up."""
        if self.phase not in (Phase.NEW, Phase.STOPPED):
            raise StateError(f"start: it is {self.phase.value} already")
        if not self._container.built:
            raise StateError("start: the container has not been built")
        if self.phase is Phase.STOPPED:
            self._container.shutdown.reset()
        self.phase = Phase.STARTING
        self._done = asyncio.Event()
        self._starter = asyncio.current_task()
        self._given_up = False
        try:
            await self._start()
        except BaseException:
            self.phase = Phase.STOPPED
            raise
        finally:
            self._starter = None
            self._done.set()

    async def _start(self) -> None:
        graph, hooks = self._container.graph, self._hooks.of
        edges, nodes = graph.start_edges(), graph.by_index()
        self._deadline = self._clock() + self._start_timeout
        self._started = {}
        walk = self._walk = Walk(edges, nodes, hooks, self._start_node)
        self._progress.begin(edges, nodes, walk, lambda node: bool(hooks.get(node)))
        interrupted: asyncio.CancelledError | None = None
        with Watchdog(self._tell, self._stuck_after, self._progress.tree) as watchdog:
            try:
                await walk.run()
            except asyncio.CancelledError as error:
                interrupted = error
            if walk.errors or interrupted:
                if any(isinstance(error, TimeoutError) for error in walk.errors):
                    watchdog.tell_once()
                await walk.cancel()
        if not walk.errors and interrupted is None:
            self.phase = Phase.STARTED
            return
        self.phase = Phase.STOPPING
        errors = [*walk.errors, *await self._stop()]
        if interrupted is not None:
            if not self._given_up:
                raise interrupted
            if self._starter is not None:
                self._starter.uncancel()
            errors.insert(0, StateError("start: it was stopped before it had ended"))
        raise StartFailed("the start failed", errors)

    async def _start_node(self, node: Node, hooks: list[Hook]) -> None:
        at = 0
        while at < len(hooks):  # a hook may add hooks
            hook = hooks[at]
            at += 1
            if hook.start is not None:
                await self._start_hook(node, hook, hook.start)
            self._started.setdefault(node, []).append(hook)
            if self._clock() > self._deadline:
                raise TimeoutError(f"the start did not end within {self._start_timeout:g} s")

    async def _start_hook(self, node: Node, hook: Hook, start: Call) -> None:
        began = self._clock()
        self._tell(HookStarting(module=node.module, hook=hook.name))
        self._progress.starting(node, hook.name)
        left = self._deadline - began
        own = hook.start_timeout is not None and hook.start_timeout < left
        try:
            await call_within(start, hook.start_timeout if own else left, f"the start hook {hook.name}")  # type: ignore[arg-type]
        except EndedWell:
            self._started.setdefault(node, []).append(hook)
            raise
        except BaseException as error:
            self._tell(HookStartFailed(module=node.module, hook=hook.name, error=error))
            raise
        finally:
            self._progress.ended(node)
        self._tell(HookStarted(module=node.module, hook=hook.name, seconds=self._clock() - began))

    def hooked(self, node: Node, hook: Hook) -> None:
        """Run a hook that was added while starting; keep one without a start for the stop."""
        phase, walk = self.phase, self._walk
        if phase in (Phase.NEW, Phase.STOPPED):
            return
        if phase is Phase.STARTING and walk is not None and not walk.halted:
            hook.passing = True
            if walk.turn(node) is Turn.OVER:
                walk.add(node, [hook])
            return
        if phase is Phase.STARTED and hook.start is None:
            hook.passing = True
            self._started.setdefault(node, []).append(hook)
            return
        raise StateError(f"the hook {hook.name} came too late: the host is {phase.value}")

    # --- stop --------------------------------------------------------------------------------------------------------

    async def stop(self) -> None:
        """Run the stop hooks of all that started, whatever fails. Does nothing where nothing is started; a start that
        goes on is given up. Raises StopFailed with everything that failed."""
        if self.phase is Phase.STARTING and self._starter is not None:
            self._given_up = True
            self._starter.cancel()
        if self.phase in (Phase.STARTING, Phase.STOPPING):
            await self._done.wait()
            return
        if self.phase is not Phase.STARTED:
            return
        self.phase = Phase.STOPPING
        self._done = asyncio.Event()
        try:
            errors = await self._stop()
        finally:
            self.phase = Phase.STOPPED
            self._done.set()
        if errors:
            raise StopFailed("the stop failed", errors)

    async def close(self) -> None:
        """Stop where that is still to be done, then run the generators' tails. The end."""
        if self.phase is Phase.CLOSED:
            return
        errors: list[Exception] = []
        try:
            await self.stop()
        except StopFailed as failed:
            errors += failed.exceptions
        self.phase = Phase.CLOSED
        try:
            await self._container.close(self._stop_timeout)
        except ExceptionGroup as failed:
            errors += failed.exceptions
        if errors:
            raise StopFailed("the close failed", errors)

    async def _stop(self) -> list[Exception]:
        graph = self._container.graph
        edges = graph.start_edges()
        waits_for: list[list[int]] = [[] for _ in edges]
        for index, needed in enumerate(edges):
            for other in needed:
                waits_for[other].append(index)
        self._deadline = self._clock() + self._stop_timeout
        self._errors = []
        walk = Walk(waits_for, graph.by_index(), self._started, self._stop_node, backwards=True)
        try:
            await self._walk_down(walk)
        finally:
            for node in self._started:
                self._hooks.forget(node)
            self._started = {}
        return [*self._errors, *walk.errors]

    async def _walk_down(self, walk: Walk) -> None:
        """Run every stop hook. Cancelled, it gives up what is in flight and hurries the rest; twice, it leaves."""
        try:
            await walk.run()
        except asyncio.CancelledError as interruption:
            self._deadline = min(self._deadline, self._clock())
            for task in self._stopping:
                task.cancel()
            try:
                await walk.rest()
            except asyncio.CancelledError:
                await walk.cancel()
                raise
            for error in (*self._errors, *walk.errors):
                interruption.add_note(f"and while stopping: {error!r}")
            raise

    async def _stop_node(self, node: Node, hooks: list[Hook]) -> None:
        for hook in reversed(hooks):
            if hook.stop is not None:
                await self._stop_hook(node, hook, hook.stop)

    async def _stop_hook(self, node: Node, hook: Hook, stop: Call) -> None:
        began = self._clock()
        left = self._deadline - began
        if left <= 0:  # everybody has a turn, however late
            left = max(0.0, left + LAST_CALL)
        if hook.stop_timeout is not None:
            left = min(left, hook.stop_timeout)
        task = asyncio.current_task()
        assert task is not None
        self._stopping.add(task)
        error: Exception | None = None
        try:
            await call_within(stop, left, f"the stop hook {hook.name}")
        except EndedWell:
            pass
        except asyncio.CancelledError:
            error = TimeoutError(f"the stop hook {hook.name} was given up: the stop was cancelled")
        except Exception as failed:
            error = failed
        finally:
            self._stopping.discard(task)
        if error is not None:
            self._tell(HookStopFailed(module=node.module, hook=hook.name, error=error))
            self._errors.append(error)
            return
        self._tell(HookStopped(module=node.module, hook=hook.name, seconds=self._clock() - began))
