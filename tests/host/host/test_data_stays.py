"""Moving a module to another process moves no data: it finds there what it kept here, on both databases."""

from __future__ import annotations

import pytest

from app.testing import TestHost
from tests.parity.shelf import Clerk, Shelf, clerk, shelf


@pytest.mark.parametrize("apart", ["loopback", "processes"])
async def test_a_module_that_is_split_out_sees_its_rows_and_so_does_one_that_comes_back(
    apart: str, database_url: str
) -> None:
    settings = {"database.url": database_url}
    async with TestHost(shelf, clerk, settings=settings) as together:
        await together.get(Clerk).file("first")
    async with TestHost(shelf, clerk, settings=settings, topology=apart) as split:
        assert (await split.get(Clerk).file("second")).words == ("first", "second")
    async with TestHost(shelf, settings=settings) as alone:
        assert (await alone.get(Shelf).read()).words == ("first", "second")


async def test_two_hosts_share_what_a_module_keeps(database_url: str) -> None:
    settings = {"database.url": database_url}
    async with TestHost(shelf, settings=settings) as one, TestHost(shelf, settings=settings) as other:
        await one.get(Shelf).write("here")
        assert (await other.get(Shelf).read()).words == ("here",)
