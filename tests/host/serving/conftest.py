"""An edge on a port of its own, with a client, what it tells, and the answers behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import httpx
import pytest

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
        client = httpx.AsyncClient(base_url=f"http://{address}")
        running.append(Running(edge, answers, health, client, address, told))
        return running[-1]

    yield start
    for one in running:
        await one.client.aclose()
        await one.edge.stop(0)


@pytest.fixture
async def shop(serve: Any) -> Running:
    return await serve()
