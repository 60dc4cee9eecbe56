"""A transaction never spans a contract call."""

from __future__ import annotations

import pytest

from app import FailedPrecondition
from app.ambient import held

from .echo import Echo, echo

pytestmark = pytest.mark.topology("all", "loopback-grpc")


async def test_a_call_inside_an_open_transaction_is_refused_and_never_leaves(test_host) -> None:
    async with test_host(echo) as host:
        caller = host.get(Echo)
        with held("a transaction is open"), pytest.raises(FailedPrecondition, match="transaction is open"):
            await caller.note("inside")
        await caller.note("outside")
        assert (await caller.see()).log == ("outside",)


async def test_a_stream_inside_an_open_transaction_is_refused_too(test_host) -> None:
    async with test_host(echo) as host:
        with held("a transaction is open"), pytest.raises(FailedPrecondition, match="transaction is open"):
            async for _ in host.get(Echo).count(3):
                pass
