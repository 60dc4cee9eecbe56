"""Whether neighbours declare a contract as this process does. Both versions get along; somebody should know that there are
two, and which methods they see differently."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ...telling.steps import NeighbourDiffers, Teller

Prints = Mapping[str, int]
"""A contract's methods by their names on the wire, with their fingerprints."""
UNTOLD = 0
"""The fingerprint that says nothing: of whoever does not make ours."""


class Versions:
    """Compares what neighbours say in their greeting, and tells each difference once."""

    def __init__(self, tell: Teller) -> None:
        self._tell = tell
        self._ours: dict[str, tuple[str, Callable[[], Prints]]] = {}
        self._told: dict[tuple[str, str], NeighbourDiffers] = {}

    def declare(self, contract: str, service: str, prints: Callable[[], Prints]) -> None:
        """How a contract is declared here; asked for when the first neighbour is met."""
        self._ours[contract] = service, prints

    def met(
        self, address: str, contracts: Iterable[str], services: Sequence[tuple[str, Sequence[tuple[str, int]]]]
    ) -> None:
        """A neighbour said what it answers."""
        answered = {service: dict(methods) for service, methods in services}
        for contract in sorted(contracts):
            if contract not in self._ours:
                continue
            service, prints = self._ours[contract]
            step = _difference(contract, address, prints(), answered.get(service, {}))
            if step is None:
                self._told.pop((contract, address), None)
            elif self._told.get((contract, address)) != step:
                self._told[contract, address] = step
                self._tell(step)


def _difference(contract: str, address: str, ours: Prints, theirs: Prints) -> NeighbourDiffers | None:
    differ = tuple(name for name, print_ in ours.items() if theirs.get(name, UNTOLD) not in (UNTOLD, print_))
    missing = tuple(name for name in ours if name not in theirs)
    more = tuple(name for name in theirs if name not in ours)
    if not (differ or missing or more):
        return None
    return NeighbourDiffers(contract=contract, address=address, differ=differ, missing=missing, more=more)
