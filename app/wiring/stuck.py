"""A start that goes on too long says who waits for whom, from a thread of its own: the loop may be what is blocked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from time import monotonic
from types import TracebackType

from ..telling.steps import StartStuck, Teller
from .nodes import Node
from .walk import Turn, Walk

_MOST_LINES = 80


class Progress:
    """How far a start has come. Written by the loop, read by the watchdog's thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._edges: Sequence[Sequence[int]] = ()
        self._nodes: Sequence[Node] = ()
        self._walk: Walk | None = None
        self._hooked: Callable[[Node], bool] = lambda node: False
        self._running: dict[Node, tuple[str, float]] = {}

    def begin(
        self, edges: Sequence[Sequence[int]], nodes: Sequence[Node], walk: Walk, hooked: Callable[[Node], bool]
    ) -> None:
        """A start begins. `edges`: for each index those that it waits for; `hooked`: whether a node has hooks."""
        self._edges, self._nodes, self._walk, self._hooked = edges, nodes, walk, hooked
        self._running = {}

    def starting(self, node: Node, hook: str) -> None:
        """A hook of a node is in flight."""
        self._running[node] = (hook, self.clock())

    def ended(self, node: Node) -> None:
        """It is no more."""
        self._running.pop(node, None)

    def tree(self) -> str:
        """Who waits for whom, from the outermost down to those whose hooks are in flight."""
        running = dict(self._running)
        waiting = [node for node in self._nodes if node in running or (self._hooked(node) and self._unfinished(node))]
        below: set[int] = set()
        for node in waiting:
            if node.index not in below:
                self._below(node, below)
        tops = [node for node in waiting if node.index not in below] or waiting
        lines: list[str] = []
        drawn: set[Node] = set()
        pending = [(node, 0) for node in reversed(tops)]
        while pending:
            node, depth = pending.pop()
            if len(lines) == _MOST_LINES:
                lines.append("…")
                break
            lead = "" if depth == 0 else "  " * (min(depth, 20) - 1) + "└ "
            lines.append(f"{lead}{node.label} (module {node.module}) {self._says(node, running, node in drawn)}")
            if node not in drawn and node not in running:
                drawn.add(node)
                pending += [(needed, depth + 1) for needed in reversed(self._waits_for(node))]
        return "\n".join(lines)

    def _says(self, node: Node, running: dict[Node, tuple[str, float]], again: bool) -> str:
        if node in running:
            hook, since = running[node]
            return f"is starting: {hook}, for {self.clock() - since:.1f} s  ← here"
        return "waits, as above" if again else "waits for"

    def _unfinished(self, node: Node) -> bool:
        return self._walk is not None and self._walk.turn(node) is not Turn.OVER

    def _waits_for(self, node: Node) -> list[Node]:
        """The nearest unfinished nodes with hooks."""
        found: list[Node] = []
        seen: set[int] = set()
        pending = list(reversed(self._edges[node.index])) if node.index < len(self._edges) else []
        while pending:
            index = pending.pop()
            if index in seen:
                continue
            seen.add(index)
            needed = self._nodes[index]
            if not self._unfinished(needed):
                continue
            if self._hooked(needed):
                found.append(needed)
            else:
                pending += reversed(self._edges[index])
        return found

    def _below(self, node: Node, below: set[int]) -> None:
        pending = list(self._edges[node.index]) if node.index < len(self._edges) else []
        while pending:
            index = pending.pop()
            if index not in below:
                below.add(index)
                pending += self._edges[index]


class Watchdog:
    """Tells StartStuck after `seconds`, and at each doubling, until the block is left."""

    def __init__(self, tell: Teller, seconds: float, tree: Callable[[], str]) -> None:
        self._tell, self._seconds, self._tree = tell, seconds, tree
        self._began = monotonic()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._told = False

    def tell_once(self) -> None:
        """Tell now, unless it has been told."""
        with self._lock:
            if not self._told:
                self._say()

    def __enter__(self) -> Watchdog:
        threading.Thread(target=self._watch, name="start watchdog", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        with self._lock:  # what is being told is told before the start is over
            pass

    def _watch(self) -> None:
        wait = self._seconds
        while not self._over.wait(wait):
            with self._lock:
                if self._over.is_set():
                    return
                self._say()
            wait *= 2

    def _say(self) -> None:
        self._told = True
        self._tell(StartStuck(tree=self._tree(), seconds=monotonic() - self._began))
