"""What the rows share: one host a file and topology, for rules that leave nothing behind."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from app.testing import TestHost

from .echo import echo
from .relay import relay


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(pangaea_topology: str) -> AsyncIterator[TestHost]:
    """Echo and Relay, started once for all tests of a file; these run on the loop that it lives on."""
    async with TestHost(echo, relay, topology=pangaea_topology) as host:
        yield host
