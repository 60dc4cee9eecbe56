"""An edge on a port of its own, with a client, what it tells, and the answers behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from time import monotonic
from typing import Any

import httpx
import pytest

from app.ambient import deadlines, expiry
from app.serving.health import Health
from app.serving.limits import Limits
from app.serving.server import HttpEdge
from app.telling.steps import RequestBroke, Step, Teller
from tests.host.serving.shop import Answers, Shop, Stub

PARSERS = ["h11", *(["httptools"] if find_spec("httptools") else [])]


@dataclass
class Running:
    """An edge that accepts connections."""

    edge: HttpEdge
    answers: Answers
    health: Health
    client: httpx.AsyncClient
    address: str
    told: list[Step] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def broke(self) -> list[RequestBroke]:
        return [step for step in self.told if isinstance(step, RequestBroke)]


@pytest.fixture(params=PARSERS)
def parser(request: Any) -> str:
    return request.param


@pytest.fixture
async def serve() -> AsyncIterator[Any]:
    """Starts edges; stops them at the end."""
    running: list[Running] = []

    async def start(controllers: Any = (), limits: Limits | None = None, **options: Any) -> Running:
        answers, health, told = Answers(), Health(), []
        edge = HttpEdge(
            bindings=[Stub(Shop, answers)],
            controllers=controllers,
            health=health,
            tell=Teller(told.append),
            limits=limits,
            **options,
        )
        address = await edge.start("127.0.0.1", 0)
        client = httpx.AsyncClient(base_url=f"http://{address}", timeout=None)
        running.append(Running(edge, answers, health, client, address, told))
        return running[-1]

    yield start
    for one in running:
        await one.client.aclose()
        await one.edge.stop(0)


@pytest.fixture
async def shop(serve: Any) -> Running:
    return await serve()


class Clock:
    """What the loop and deadlines take for the time: it stands still, however slow the machine is, until it is moved."""

    def __init__(self) -> None:
        self.now = monotonic()

    def __call__(self) -> float:
        return self.now

    async def move(self, seconds: float) -> None:
        """Let time pass, in steps of a millisecond or more, and what is due happen."""
        steps = min(round(seconds * 1000), 1000)
        for _ in range(steps):
            self.now += seconds / steps
            await asyncio.sleep(0)
        for _ in range(3):
            await asyncio.sleep(0)


@pytest.fixture
async def clock(serve: Any) -> AsyncIterator[Clock]:
    """Time stands still during the test; edges are stopped, afterwards, as it passes."""
    clock, loop = Clock(), asyncio.get_running_loop()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "time", clock)
        for place in (deadlines, expiry):
            patch.setattr(place, "monotonic", clock)
        yield clock
