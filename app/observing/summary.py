"""What a process looks like once it is ready: its modules with their times, its addresses, its contracts' answers."""

from __future__ import annotations

from collections.abc import Mapping

from ..telling import steps
from .console import BOLD, CYAN, DIM, GREEN, Console, columns, duration


class Summary:
    """A listener that gathers steps until Ready and then draws them."""

    def __init__(self) -> None:
        self._times: dict[str, float] = {}
        self._placed: dict[str, steps.Placed] = {}
        self._edges: list[tuple[str, str]] = []

    def listen(self, step: steps.Step) -> None:
        match step:
            case steps.Built(seconds=seconds) | steps.HookStarted(seconds=seconds):
                self._times[step.module] = self._times.get(step.module, 0.0) + seconds
            case steps.Placed(contract=contract):
                self._placed[contract] = step
            case steps.Listening(edge=edge, address=address):
                self._edges.append((edge, address))
            case _:
                pass

    def draw(self, ready: steps.Ready, console: Console) -> str:
        """The table, to stand below the `ready` line."""
        lines = ["", f"  {console.paint(ready.process, BOLD)} is ready in {duration(ready.seconds)}", ""]
        modules = [(name, duration(self._times.get(name, 0.0))) for name in ready.modules]
        blocks = [
            _block(("module", "started in"), modules, console),
            _block(("contract", "answered", "at"), [self._answer(p) for p in self._placed.values()], console),
            _block(("edge", "address"), [(edge, reachable(edge, address)) for edge, address in self._edges], console),
        ]
        for block in blocks:
            lines += [*block, ""] if block else []
        return "\n".join((*lines, "\n"))

    def _answer(self, placed: steps.Placed) -> tuple[str, str, str]:
        at = ", ".join(placed.addresses)
        if placed.placement == "local":
            return placed.contract, "here", placed.module or at
        return placed.contract, placed.placement, at


def reachable(edge: str, address: str) -> str:
    """An address as one would paste it: an HTTP edge's as a URL."""
    if edge in ("http", "management") and "://" not in address and not address.startswith("unix:"):
        return f"http://{address}"
    return address


def _block(head: tuple[str, ...], rows: list[tuple[str, ...]], console: Console) -> list[str]:
    if not rows:
        return []
    title, *rest = columns([head, *rows])
    colours: Mapping[str, str] = {"here": GREEN, "remote": CYAN, "external": CYAN}
    painted: list[str] = []
    for line, row in zip(rest, rows, strict=True):
        for word in row[1:2]:
            if word in colours:
                line = line.replace(f"  {word}", f"  {console.paint(word, colours[word])}", 1)
        painted.append(line)
    return [console.paint(title, DIM), *painted]
