"""Walks a graph with tasks: a node's turn comes when all that it waits for is over; the rest overlaps."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from .lifecycle import Hook
from .nodes import Node

Run = Callable[[Node, list[Hook]], Coroutine[Any, Any, None]]


class Turn(Enum):
    """Where a node stands."""

    WAITING = "waiting"
    RUNNING = "running"
    OVER = "over"


class Walk:
    """One walk over all nodes, in declared order (or `backwards`) where the edges leave a choice. Nodes without hooks
    are over at once. `errors` are those of the runs."""

    def __init__(
        self,
        waits_for: Sequence[Iterable[int]],
        nodes: Sequence[Node],
        hooks: Mapping[Node, list[Hook]],
        run: Run,
        *,
        backwards: bool = False,
    ) -> None:
        self._backwards = backwards
        count = len(waits_for)
        self._nodes, self._hooks, self._run = nodes, hooks, run
        self._left = [0] * count
        self._waiters: list[list[int]] = [[] for _ in range(count)]
        for index, others in enumerate(waits_for):
            for other in others:
                self._waiters[other].append(index)
                self._left[index] += 1
        self._turns = [Turn.WAITING] * count
        self._tasks: dict[asyncio.Task[None], int] = {}
        self._running: dict[Node, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._halted = False
        self.errors: list[Exception] = []

    @property
    def halted(self) -> bool:
        """Whether no further node gets its turn."""
        return self._halted

    def turn(self, node: Node) -> Turn:
        """Where a node stands; one that came later has had its turn."""
        if node.index >= len(self._turns):
            return Turn.OVER
        turn = self._turns[node.index]
        if turn is Turn.RUNNING and (task := self._running.get(node)) is not None and task.done():
            return Turn.OVER
        return turn

    async def run(self) -> None:
        """Walk until everything is over or something failed."""
        first = [index for index, left in enumerate(self._left) if not left]
        self._advance(reversed(first) if self._backwards else first)
        await self.rest()

    async def rest(self) -> None:
        """Go on with a walk whose `run` was cancelled, but not the walk."""
        while self._tasks and not self.errors:
            self._wake.clear()
            await self._wake.wait()

    async def cancel(self) -> None:
        """End what runs, and wait until it has ended."""
        self._halted = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
            await asyncio.sleep(0)  # their callbacks

    def add(self, node: Node, hooks: list[Hook]) -> None:
        """Run hooks of a node whose turn is over, beside everything else."""
        self._spawn(node, hooks, -1)

    def _advance(self, first: Iterable[int]) -> None:
        """Let nodes have their turn, and whoever waited for them where they have nothing to run."""
        ready = deque(first)
        while ready and not self._halted:
            index = ready.popleft()
            node = self._nodes[index]
            hooks = self._hooks.get(node)
            if hooks:
                self._turns[index] = Turn.RUNNING
                self._running[node] = self._spawn(node, hooks, index)
            else:
                self._turns[index] = Turn.OVER
                ready += self._over(index)

    def _over(self, index: int) -> list[int]:
        ready: list[int] = []
        for waiter in self._waiters[index]:
            self._left[waiter] -= 1
            if not self._left[waiter]:
                ready.append(waiter)
        return ready

    def _spawn(self, node: Node, hooks: list[Hook], index: int) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(self._run(node, hooks), name=f"hooks of {node.label}")
        self._tasks[task] = index
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        index = self._tasks.pop(task)
        if not task.cancelled():
            error = task.exception()
            if error is not None:
                self._halted = True
                self.errors.append(error if isinstance(error, Exception) else RuntimeError(repr(error)))
            elif index >= 0:
                self._turns[index] = Turn.OVER
                self._advance(self._over(index))
        elif not self._halted:
            self.errors.append(RuntimeError(f"{task.get_name()} were cancelled, and not by the host"))
        self._wake.set()
