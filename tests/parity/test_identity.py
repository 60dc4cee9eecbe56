"""A token that one module issues is believed at every edge, and whoever brings it is known to all that are called."""

from __future__ import annotations

from collections.abc import AsyncIterator

import grpc
import grpc.aio
import httpx
import pytest
import pytest_asyncio

from app.module.spec import spec_of
from app.testing import TestHost

from .echo import echo
from .porter import Porter, porter

pytestmark = [pytest.mark.topology("all", "loopback-grpc"), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(pangaea_topology: str) -> AsyncIterator[TestHost]:
    """Porter and Echo behind edges; in `processes` they are in processes of their own, and the edges in a third."""
    async with TestHost(echo, porter, topology=pangaea_topology, edges=True) as host:
        yield host


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(house: TestHost) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=house.http) as client:
        yield client


async def token_of(client: httpx.AsyncClient, role: str) -> str:
    return (await client.post(f"/porter/tokens/ann/{role}")).json()["text"]


async def test_a_token_at_the_http_edge_is_known_to_whoever_is_called(client: httpx.AsyncClient) -> None:
    bearer = {"authorization": f"Bearer {await token_of(client, 'admin')}"}
    answer = await client.get("/porter/admitted", headers=bearer)
    assert (answer.status_code, answer.json()["subject"], answer.json()["roles"]) == (200, "ann", ["admin"])


@pytest.mark.parametrize(("brings", "status"), [("nothing", 401), ("rubbish", 401), ("clerk", 403)])
async def test_nobody_else_is_let_in(client: httpx.AsyncClient, brings: str, status: int) -> None:
    token = "x.y.z" if brings == "rubbish" else await token_of(client, brings)
    headers = {} if brings == "nothing" else {"authorization": f"Bearer {token}"}
    assert (await client.get("/porter/admitted", headers=headers)).status_code == status


async def test_a_token_at_the_grpc_edge_is_known_to_whoever_is_called(
    house: TestHost, client: httpx.AsyncClient
) -> None:
    async with grpc.aio.insecure_channel(house.grpc) as channel:
        admit = channel.unary_unary(f"/{spec_of(Porter).service}/Admit")
        bearer = ("authorization", f"Bearer {await token_of(client, 'admin')}")
        answer = await admit(b"", metadata=(bearer,), timeout=30)
        assert b"ann" in answer
        assert b"admin" in answer
        for metadata in ((), (("authorization", "Bearer x.y.z"),)):
            with pytest.raises(grpc.aio.AioRpcError) as failed:
                await admit(b"", metadata=metadata, timeout=30)
            assert failed.value.code() is grpc.StatusCode.UNAUTHENTICATED


async def test_a_module_may_vouch_for_somebody_itself(client: httpx.AsyncClient) -> None:
    assert (await client.get("/porter/vouched/bob")).json()["subject"] == "bob"
