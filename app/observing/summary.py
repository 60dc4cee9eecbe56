"""What a process looks like once it is ready: its modules with their times and what they answer, who
answers from elsewhere, its addresses."""

from __future__ import annotations

from collections.abc import Mapping

from ..telling import steps
from .console import BOLD, CYAN, DIM, Console, columns, duration


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
        here: dict[str, list[str]] = {}
        for placed in self._placed.values():
            if placed.placement == "local":
                here.setdefault(placed.module, []).append(placed.contract)
        modules = [
            (name, duration(self._times.get(name, 0.0)), ", ".join(here.get(name, ())) or "-") for name in ready.modules
        ]
        elsewhere = [
            (placed.contract, placed.placement, ", ".join(placed.addresses))
            for placed in self._placed.values()
            if placed.placement != "local"
        ]
        blocks = [
            _block(("module", "started in", "answers"), modules, console),
            _block(("contract", "answered", "at"), elsewhere, console),
            _block(("edge", "address"), [(edge, reachable(edge, address)) for edge, address in self._edges], console),
        ]
        for block in blocks:
            lines += [*block, ""] if block else []
        return "\n".join((*lines, "\n"))


def reachable(edge: str, address: str) -> str:
    """An address as one would paste it: an HTTP edge's as a URL."""
    if edge in ("http", "management") and "://" not in address and not address.startswith("unix:"):
        return f"http://{address}"
    return address


def _block(head: tuple[str, ...], rows: list[tuple[str, ...]], console: Console) -> list[str]:
    if not rows:
        return []
    title, *rest = columns([head, *rows])
    colours: Mapping[str, str] = {"remote": CYAN, "external": CYAN}
    painted: list[str] = []
    for line, row in zip(rest, rows, strict=True):
        for word in row[1:2]:
            if word in colours:
                line = line.replace(f"  {word}", f"  {console.paint(word, colours[word])}", 1)
        painted.append(line)
    return [console.paint(title, DIM), *painted]
