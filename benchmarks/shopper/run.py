"""Sends crowds to a shop and puts together what they say: each in a process of its own, so that none slows the others."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from ..row import CannotMeasure
from .crowd import Orders
from .deployment import ROOT, Deployment
from .figures import Figures, read, summed

GRACE = 60.0
"""Seconds that a crowd may need beyond those that it was told."""

Advance = Callable[[float, int, int], object]
"""Told how far a run is: seconds, requests, errors."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What shopping in one topology came to."""

    topology: str
    """Empty where the shop was somebody else's."""
    figures: Figures
    cpu: float | None
    """Seconds of processor time that the whole deployment took while it was counted; None where nobody can know."""
    processes: int | None
    crowds: int

    @property
    def cpu_per_1000_orders(self) -> float | None:
        """Seconds: what the whole mix took, by the orders that came of it."""
        return self.cpu / self.figures.orders * 1000 if self.cpu is not None and self.figures.orders else None

    @property
    def cpu_per_request(self) -> float | None:
        """Seconds, of the mix as it is."""
        return self.cpu / self.figures.requests if self.cpu is not None and self.figures.requests else None

    @property
    def busy(self) -> float:
        """The share of its processor core that a crowd was busy; near 1 the crowd is what is measured."""
        return self.figures.cpu / self.figures.seconds / self.crowds if self.figures.seconds else 0.0


async def shop_in(deployment: Deployment, topology: str, orders: Orders, crowds: int, advance: Advance) -> Outcome:
    """Let crowds shop. Raises RuntimeError when one of them breaks."""
    shares = [orders.users // crowds + (number < orders.users % crowds) for number in range(crowds)]
    sent = [
        _Sent(
            msgspec.structs.replace(
                orders, users=share, rate=orders.rate / crowds, requests=-(-orders.requests // crowds), seed=number
            )
        )
        for number, share in enumerate(shares)
        if share
    ]
    before: float | None = None

    def told() -> None:
        nonlocal before
        if before is None and all(one.counting for one in sent):
            before = _cpu(deployment)
        if sent:
            seconds = max(one.seconds for one in sent)
            advance(seconds, sum(one.requests for one in sent), sum(one.errors for one in sent))

    figures = summed(await _all(sent, told))
    after = _cpu(deployment)
    cpu = after - before if after is not None and before is not None else None
    return Outcome(topology, figures, cpu, _count(deployment), len(sent))


async def _all(sent: Sequence[_Sent], told: Callable[[], object]) -> list[Figures]:
    tasks = [asyncio.create_task(one.shop(told)) for one in sent]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Sent:
    """One crowd, on its way."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self.counting = False
        self.seconds, self.requests, self.errors = 0.0, 0, 0

    async def shop(self, told: Callable[[], object]) -> Figures:
        """What it met. Raises RuntimeError when it says nothing, TimeoutError when it does not come back."""
        words = msgspec.json.encode(self._orders).decode()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.shopper.crowd", words,
            cwd=ROOT, stdout=asyncio.subprocess.PIPE, limit=1 << 24,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            async with asyncio.timeout(self._orders.warmup + self._orders.seconds + GRACE):
                async for line in process.stdout:
                    said = json.loads(line)
                    if "figures" in said:
                        return read(said["figures"])
                    self.counting = True
                    self.seconds = said.get("seconds", self.seconds)
                    self.requests, self.errors = said.get("requests", 0), said.get("errors", 0)
                    told()
            raise RuntimeError(f"a crowd left with {await process.wait()}")
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


def _cpu(deployment: Deployment) -> float | None:
    try:
        return deployment.cpu()
    except CannotMeasure:
        return None


def _count(deployment: Deployment) -> int | None:
    try:
        return deployment.count()
    except CannotMeasure:
        return None
