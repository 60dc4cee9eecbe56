"""A Node for each test, and what a test needs on this side of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from .node import Node, started


@pytest_asyncio.fixture
async def node() -> AsyncIterator[Node]:
    """Node, with our client and server in it."""
    async with started() as process:
        yield process
