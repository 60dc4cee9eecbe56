"""What the host of a test said: its steps, and ways to ask about them."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from ..telling.steps import Step

S = TypeVar("S", bound=Step)


class Said:
    """Keeps every step in order."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        """Everything that the host of this process said, in order."""
        self._heard = asyncio.Event()

    def said(self, kind: type[S], /, *others: type[Step]) -> list[S]:
        """The steps of these types, in order: `assert host.said(Ready)`, `host.said(Listening)[0].address`."""
        return [step for step in self.steps if isinstance(step, (kind, *others))]  # type: ignore[misc]  # S or another

    def assert_said(self, *kinds: type[Step]) -> None:
        """Assert that steps of these types came in this order, whatever came between. Raises AssertionError, which
        tells where the sequence broke off and what was said."""
        steps = iter(self.steps)
        for number, kind in enumerate(kinds):
            if not any(isinstance(step, kind) for step in steps):
                before = " → ".join(kind.__name__ for kind in kinds[:number]) or "the start"
                heard = ", ".join(type(step).__name__ for step in self.steps) or "nothing"
                raise AssertionError(f"after {before} no {kind.__name__} was said; what was: {heard}")

    async def until_said(self, kind: type[S], count: int = 1) -> S:
        """Wait until so many steps of a type have been said; the latest of them. Bound it by `deadline(seconds)`."""
        while len(found := self.said(kind)) < count:
            self._heard.clear()
            await self._heard.wait()
        return found[count - 1]

    def _hear(self, step: Step) -> None:
        self.steps.append(step)
        self._heard.set()
