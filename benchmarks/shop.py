"""The shop as it runs in production, in this process, on ports that the system picks."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.host import Host

ROOT = Path(__file__).parents[1]
PRODUCT = "OLJCESPC7Z"
"""A product that the catalogue has."""


@asynccontextmanager
async def shop(topology: str = "monolith", process: str | None = None) -> AsyncGenerator[Host]:
    """A started host of the real modules, its data in a folder that is gone afterwards."""
    from app.host import Host, Project  # a row without a host starts without it

    with tempfile.TemporaryDirectory(prefix="pangaea-") as folder:
        settings = {"http.port": "0", "grpc.port": "0", "data.dir": folder, "life.lame_duck": "0"}
        settings["identity.key"] = secrets.token_hex(32)
        project = Project(ROOT, "production", [f"{key}={value}" for key, value in settings.items()])
        plan, config = project.plan(topology, process)
        async with Host(plan, project.found, config) as host:
            yield host


def address(host: Host, edge: str) -> tuple[str, int]:
    """Host and port of an edge."""
    name, _, port = host.addresses[edge].rpartition("//")[2].rpartition(":")
    return name, int(port)
