"""Who does not prove to be of the deployment is told nothing, hung up on, and said to have been there."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app import Unauthenticated, Unavailable, deadline
from app.calling.lean.frames import GOAWAY, PING, REQUEST
from app.calling.policy import Policy
from app.telling.steps import NeighbourLost, PeerRefused, Step, Teller

from ..placing import KEY, bound, lean, lean_lines, leanly_serving
from ..shelf import Shelf, ShelfAnswer
from .peer import Peer, peer, until

ONCE = Policy(attempts=1)


async def test_who_has_the_key_is_told_the_methods() -> None:
    async with leanly_serving(bound(ShelfAnswer()), key=KEY, node="here") as server, peer(server.address) as client:
        welcome = await client.greet(KEY)
        assert (welcome["node"], welcome["window"]) == ("here", 65536)
        (((service, methods),)) = welcome["services"]
        assert service.endswith("Shelf")
        assert [method for method, _ in methods][:2] == ["Find", "Index"]
        assert all(0 < fingerprint < 2**32 for _, fingerprint in methods)


@pytest.mark.parametrize("key", [None, b"another deployment's"])
async def test_who_does_not_have_it_is_told_nothing(key: bytes | None) -> None:
    steps: list[Step] = []
    async with (
        leanly_serving(bound(ShelfAnswer()), key=KEY, tell=Teller(steps.append)) as server,
        peer(server.address) as client,
    ):
        client.hello(1, {"nonce": b"n" * 32})
        assert set((await client.frame()).said) == {"nonce", "node"}
        client.hello(3, {"proof": b"" if key is None else os.urandom(32)})
        client.send(REQUEST, call=1)
        code, why = await client.goes_away()
        assert (code, why) == (Unauthenticated.code, "it does not have this deployment's key")
        assert [type(step) for step in steps] == [PeerRefused]
        await until(lambda: not server.sessions)
        assert server.running == 0


async def test_another_version_is_told_so() -> None:
    async with leanly_serving(bound(ShelfAnswer())) as server, peer(server.address) as client:
        client.hello(1, {"nonce": b"n" * 32}, version=7)
        code, why = await client.goes_away()
        assert code == 9
        assert why == "this peer speaks version 1, and met version 7 of the wire, and this is version 1"


@pytest.mark.parametrize(
    ("said", "met", "answered"),
    [
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/2", b""),
        (b"GET / HTTP/1.1\r\nHost: here\r\n\r\n", "HTTP, and", b"HTTP/1.1 400 Bad Request"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(60), "TLS", b""),
        (b"\x93\x0c\xe1\x5a\x77\x08\xd4\x2b\x6f\xb0\x19\xc8" + b"\xff" * 20, "something that is not", b""),
        (bytes(64), "something that is not", b""),
    ],
    ids=["gRPC", "HTTP", "TLS", "random bytes", "zeros"],
)
async def test_another_protocol_is_hung_up_on_and_said(said: bytes, met: str, answered: bytes) -> None:
    steps: list[Step] = []
    async with leanly_serving(bound(ShelfAnswer()), tell=Teller(steps.append)) as server:
        async with peer(server.address) as client:
            client.writer.write(said)
            assert (await client.over()).startswith(answered)
        (step,) = steps
        assert isinstance(step, PeerRefused)
        assert met in step.why
        await until(lambda: not server.sessions)


async def test_whoever_is_refused_in_a_loop_does_not_fill_the_logs() -> None:
    steps: list[Step] = []
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with leanly_serving(bound(ShelfAnswer()), tell=Teller(steps.append)) as server:
        for _ in range(50):
            async with peer(server.address) as client:
                client.writer.write(bytes(32))
                await client.over()
        assert 1 <= len(steps) <= loop.time() - began + 1  # one a second


async def test_nothing_but_a_greeting_is_heard_before_it() -> None:
    async with leanly_serving(bound(ShelfAnswer())) as server:
        for kind in (REQUEST, PING, GOAWAY, 99):
            async with peer(server.address) as client:
                client.send(kind, call=1)
                assert await client.over() == b""
        async with peer(server.address) as client:
            client.hello(1, {"nonce": b"n" * 5000})
            assert await client.over() == b""
        async with peer(server.address) as client:
            client.hello(3, {"proof": b""})
            assert await client.over() == b""


async def test_a_server_that_is_not_ready_asks_to_come_back_later() -> None:
    async with leanly_serving(bound(ShelfAnswer())) as server:
        server.ready(False)
        async with peer(server.address) as client:
            client.hello(1, {"nonce": b"n" * 32})
            assert (await client.goes_away())[0] == Unavailable.code


async def test_a_client_with_another_key_is_unauthenticated_and_says_why() -> None:
    steps: list[Step] = []
    async with (
        leanly_serving(bound(ShelfAnswer()), key=KEY) as server,
        lean_lines(key=b"another", tell=Teller(steps.append)) as lines,
    ):
        caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
        with pytest.raises(Unauthenticated, match="deployment's key"):
            await caller.see()
        (step,) = steps
        assert isinstance(step, NeighbourLost)
        assert step.why == "it does not have this deployment's key"


@asynccontextmanager
async def pretending(says: bytes) -> AsyncIterator[str]:
    """Something else that listens where a peer should."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(says)
        await reader.read(1)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    "says", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0\0\x12\x04\0\0\0\0\0" + bytes(20), b"\xff" * 40, b""]
)
async def test_something_else_at_the_address_is_unavailable(says: bytes) -> None:
    async with pretending(says) as address, lean_lines(key=KEY) as lines:
        caller: Shelf = lean([address], lines, policy=ONCE).caller  # type: ignore[assignment]
        with pytest.raises(Unavailable), deadline(10):
            await caller.see()


async def test_a_server_without_the_key_is_not_believed() -> None:
    async with leanly_serving(bound(ShelfAnswer())) as server, lean_lines(key=KEY) as lines:
        caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
        with pytest.raises(Unauthenticated):
            await caller.see()


async def test_a_greeting_cut_in_pieces_is_a_greeting() -> None:
    async with leanly_serving(bound(ShelfAnswer())) as server, peer(server.address) as client:
        whole = Peer(client.reader, _Pieces(client.writer))  # type: ignore[arg-type]
        assert (await whole.greet())["services"]
        assert (await _ping(client)).kind == 10


async def _ping(client: Peer) -> object:
    client.send(PING)
    return await client.frame()


class _Pieces:
    """Writes each byte by itself."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    def write(self, data: bytes) -> None:
        for n in range(len(data)):
            self._writer.write(data[n : n + 1])
