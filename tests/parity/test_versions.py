"""While a deployment is rolled out, processes of two versions of a module talk to each other, in both directions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app import FailedPrecondition, NotFound, Unimplemented
from app.calling.connect import connect
from app.testing import PROCESSES, TestHost

from .versions import after, before

pytestmark = pytest.mark.topology(PROCESSES)
KEY = "a key for this test"


@asynccontextmanager
async def calling(test_host: Any, contract: Any, module: Any) -> AsyncIterator[Any]:
    """A caller of one version; whoever answers is a process of the other."""
    host: TestHost = test_host(module, settings={"deployment.key": KEY})
    async with host:
        (answer,) = host.host.plan.answers.values()
        async with connect(contract, answer.addresses[0], key=KEY.encode(), transport="lean") as caller:
            yield caller


async def products(*made: Any) -> AsyncIterator[Any]:
    for one in made:
        yield one


async def test_who_calls_is_older(test_host) -> None:
    async with calling(test_host, before.Stall, after.stall) as stall:
        label = before.Label(text="l")
        assert await stall.find("a") == before.Product(id="a", name="main", colour="", label=label)
        assert [item.name async for item in stall.each(3)] == ["UNKNOWN"] * 3
        mine = before.Product(id="b", name="mine", colour="blue", label=label)
        assert await stall.keep(mine) == before.Product(id="b", name="mine", label=label)
        assert (await stall.keep_all(products(mine, mine))).name == "mine,mine"
        with pytest.raises(before.NoSuchProduct) as failed:
            await stall.find("none")
        assert (failed.value.id, str(failed.value)) == ("none", "no product none")
        with pytest.raises(FailedPrecondition, match="sold is sold out"):
            await stall.find("sold")


async def test_who_calls_is_newer(test_host) -> None:
    async with calling(test_host, after.Stall, before.stall) as stall:
        label = after.Label(text="l", language="en")
        assert await stall.find("a", shop="far") == after.Product(id="a", name="before", label=label, price=0)
        assert (await stall.find("a")).rank == 7
        assert [item.id async for item in stall.each(3, size=after.Size.LARGE)] == ["0", "1", "2"]
        mine = after.Product(id="b", name="mine", price=3, tags=("x",), size=after.Size.LARGE, stock={"a": 1})
        assert await stall.keep(mine) == after.Product(id="b", name="mine", price=0)
        assert (await stall.keep_all(products(mine, mine))).id == "2"
        with pytest.raises(after.NoSuchProduct) as failed:
            await stall.find("none")
        assert (failed.value.id, failed.value.shop) == ("none", "here")
        with pytest.raises(Unimplemented, match=r"does not have Stall\.cheapest"):
            await stall.cheapest()
        assert isinstance(failed.value, NotFound)
