"""A binding: a contract's caller object, and behind each of its methods a cell whose target can be swapped."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING

from ..module.contract import Contract
from ..module.spec import ContractSpec
from ..telling.steps import Swapped, Teller
from .caller import caller_class
from .cell import Cell
from .counts import Counts
from .guards import Guards
from .lane import Lane
from .policy import Policy
from .target import Nobody, Side, Target
from .wire import MethodWire

if TYPE_CHECKING:
    from .observer import Observer
    from .schema.schema import Schema


class Binding:
    """Where a contract's answers come from, for this process."""

    def __init__(
        self, spec: ContractSpec, cells: Mapping[str, Cell], guards: Guards, target: Target, tell: Teller
    ) -> None:
        self.spec = spec
        self.cells = cells
        self._guards = guards
        self.target = target
        self.caller: Contract = caller_class(spec, cells)()
        """What gets injected: an instance of the contract whose methods call whoever answers."""
        self._tell = tell

    @property
    def placement(self) -> str:
        """`local`, `remote`, `external`, or `nowhere` before the first `swap`."""
        return self.target.placement

    @property
    def addresses(self) -> tuple[str, ...]:
        return self.target.addresses

    @property
    def counts(self) -> Mapping[str, Counts]:
        """What has been counted so far, by method."""
        return {name: cell.counts for name, cell in self.cells.items()}

    @property
    def running(self) -> int:
        """Calls in flight on the present target."""
        return sum(cell.lane.running for cell in self.cells.values())

    def swap(self, target: Target) -> Retired:
        """Let another target answer from now on. Calls in flight finish on the old one; wait for `idle` to close it."""
        before, self.target = self.target, target
        self._guards.turn_to(target)
        lanes = [cell.turn_to(target) for cell in self.cells.values()]
        return Retired(before, target, lanes, self.spec, self._tell)


class Retired:
    """A target that gets no more calls."""

    def __init__(
        self, target: Target, successor: Target, lanes: Sequence[Lane], spec: ContractSpec, tell: Teller
    ) -> None:
        self.target = target
        self._successor = successor
        self._lanes = lanes
        self._spec = spec
        self._tell = tell
        self._since = monotonic()

    @property
    def running(self) -> int:
        """Calls that have not ended yet."""
        return sum(lane.running for lane in self._lanes)

    async def idle(self) -> None:
        """Wait until its last call is over. Bound the wait by a deadline if calls may take for ever."""
        pause = 0.0
        while self.running:  # counted without a hook for this: looking costs the calls nothing
            await asyncio.sleep(pause)
            pause = min(pause + 0.001, 0.02)
        self._tell(
            Swapped(
                contract=self._spec.contract.__name__,
                before=self.target.placement,
                after=self._successor.placement,
                seconds=monotonic() - self._since,
            )
        )


def bind(
    spec: ContractSpec,
    schema: Schema | None,
    *,
    tell: Teller,
    check_values: bool = False,
    observer: Observer | None = None,
    policy: Policy | None = None,
) -> Binding:
    """A binding without a target yet: `swap` gives it one.

    schema: needed where values are checked or a wire is crossed. check_values: local calls refuse what a wire would,
    and their values make the round trip; for development and tests.
    """
    policy = policy or Policy()
    guards = Guards(spec.contract.__name__, policy, observer)
    nobody = Nobody()
    cells: dict[str, Cell] = {}
    for method in spec.methods.values():
        wire = MethodWire(method, schema, policy.max_message_bytes)
        cells[method.name] = Cell(Side(method, wire, tell, check_values), guards, nobody)
    return Binding(spec, cells, guards, nobody, tell)
