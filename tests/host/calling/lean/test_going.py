"""Peers that stop, hang, return or multiply: nothing that was not begun is lost, nothing dead is waited for."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app import DeadlineExceeded, Unavailable, deadline
from app.calling.lean.frames import FAIL, GOAWAY, LAST, NO_DEADLINE, PING, REQUEST, RESPONSE
from app.calling.lean.lines import Lines
from app.calling.lean.places import Place, place_of
from app.calling.lean.server import LeanServer
from app.calling.policy import Policy
from app.telling.refusals import Refused
from app.telling.refusals.running import CannotListen, PortTaken
from app.telling.steps import NeighbourFound, NeighbourLost, Step, Teller

from ..placing import KEY, bound, lean, lean_lines, leanly_serving
from ..shelf import Book, Shelf, ShelfAnswer
from .peer import peer, until

ONCE = Policy(attempts=1)
packed = msgspec.msgpack.encode
FIND, HANG = 0, 8


class Numbered(ShelfAnswer):
    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    async def find(self, title: str, *, pages: int = 1) -> Book:
        return Book(title=title, pages=self.number)


class Waiting(ShelfAnswer):
    """Answers once it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()

    async def find(self, title: str, *, pages: int = 1) -> Book:
        self.log.append("waits")
        await self.go.wait()
        return Book(title=title)


def server_of(answer: ShelfAnswer, address: str = "127.0.0.1:0", **options: Any) -> LeanServer:
    return LeanServer([bound(answer)], address=address, tell=Teller(), **options)


async def test_replicas_take_turns_and_one_that_stops_is_skipped() -> None:
    servers = [server_of(Numbered(n)) for n in range(3)]
    addresses = [await server.start() for server in servers]
    for server in servers:
        server.ready(True)
    async with lean_lines() as lines:
        caller: Shelf = lean(addresses, lines).caller  # type: ignore[assignment]

        async def spread() -> Counter[int]:
            return Counter([(await caller.find("a")).pages for _ in range(30)])

        while len(await spread()) < 3:
            await asyncio.sleep(0.01)
        assert await spread() == {0: 10, 1: 10, 2: 10}
        servers[1].ready(False)
        while 1 in await spread():
            await asyncio.sleep(0.01)
        await servers[2].stop(1)
        while 2 in await spread():
            await asyncio.sleep(0.01)
        assert await spread() == {0: 30}
        servers[1].ready(True)
        while 1 not in await spread():
            await asyncio.sleep(0.01)
    for server in servers:
        await server.stop(0)


async def test_what_is_in_flight_is_answered_and_what_comes_later_is_refused_as_not_begun() -> None:
    answer = Waiting()
    server = server_of(answer)
    await server.start()
    server.ready(True)
    async with peer(server.address) as client:
        await client.greet()
        client.send(REQUEST, code=FIND, call=1, arg=NO_DEADLINE, body=packed({"title": "a"}))
        await until(lambda: answer.log)
        stopping = asyncio.create_task(server.stop(20))
        assert (await client.frame()).kind == GOAWAY
        client.send(REQUEST, code=FIND, call=2, arg=NO_DEADLINE, body=packed({"title": "b"}))
        refused = await client.frame()
        assert (refused.kind, refused.call, refused.code, refused.said[3]) == (FAIL, 2, 14, "unprocessed")
        answer.go.set()
        assert (await client.frame()).kind == RESPONSE
        last = await client.frame()
        assert (last.kind, last.arg) == (GOAWAY, LAST)
        assert await client.over() == b""
        assert await stopping == 0


async def test_a_command_that_meets_a_server_which_stops_is_tried_elsewhere() -> None:
    first, second = ShelfAnswer(), ShelfAnswer()
    stopping = server_of(first)
    await stopping.start()
    stopping.ready(True)
    async with leanly_serving(bound(second)) as other, lean_lines() as lines:
        caller: Shelf = lean([stopping.address, other.address], lines).caller  # type: ignore[assignment]
        for _ in range(10):
            await caller.put(Book(title="a"))
        stopping.desk.drain()  # its word that it goes has not arrived yet
        for _ in range(10):
            await caller.put(Book(title="b"))
        assert (first.log + second.log).count("b") == 10
        assert "b" not in first.log
    await stopping.stop(0)


async def test_calls_that_outlast_the_drain_are_cut_off_and_counted() -> None:
    answer = Waiting()
    server = server_of(answer)
    await server.start()
    server.ready(True)
    async with lean_lines() as lines:
        caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
        with deadline(30):
            call = asyncio.create_task(caller.find("a"))
            await until(lambda: answer.log)
            assert await server.stop(0.01) == 1
            with pytest.raises(Unavailable):
                await call
    assert server.running == 0


async def test_a_neighbour_that_returns_is_found_and_both_are_said(tmp_path: Path) -> None:
    address, steps = f"unix:{tmp_path}/shelf.sock", list[Step]()
    async with lean_lines(tell=Teller(steps.append)) as lines:
        caller: Shelf = lean([address], lines, policy=ONCE).caller  # type: ignore[assignment]
        with pytest.raises(Unavailable, match="Shelf cannot be reached"):
            await caller.find("a")
        for _ in range(2):
            async with leanly_serving(bound(ShelfAnswer()), address):
                with deadline(60):
                    while True:
                        try:
                            await caller.find("a")
                            break
                        except Unavailable:
                            await asyncio.sleep(0.01)
            with pytest.raises(Unavailable):
                await caller.find("a")
    assert [type(step) for step in steps][:2] == [NeighbourLost, NeighbourFound]
    assert steps[0] == NeighbourLost(contract="Shelf", address=address)


async def test_a_peer_that_gives_no_sign_of_life_is_given_up_on_both_sides() -> None:
    async with leanly_serving(bound(ShelfAnswer()), keepalive=0.05) as server, peer(server.address) as client:
        await client.greet()
        assert (await client.frame()).kind == PING  # and is not answered
        await client.over()
        await until(lambda: not server.sessions)
    deaf = socket.create_server(("127.0.0.1", 0))  # the kernel takes connections; nobody ever reads them
    async with lean_lines(keepalive=0.05) as lines:
        caller: Shelf = lean([f"127.0.0.1:{deaf.getsockname()[1]}"], lines, policy=ONCE).caller  # type: ignore[assignment]
        with pytest.raises(DeadlineExceeded), deadline(0.2):
            await caller.find("a")
    deaf.close()


async def test_a_quiet_connection_is_kept_by_asking(tmp_path: Path) -> None:
    async with (
        leanly_serving(bound(ShelfAnswer()), keepalive=0.03) as server,
        lean_lines(keepalive=0.03) as lines,
    ):
        caller: Shelf = lean([server.address], lines).caller  # type: ignore[assignment]
        await caller.see()
        (session,) = server.sessions
        await asyncio.sleep(0.3)  # ten times as long as nothing may be heard
        await caller.see()
        assert server.sessions == {session}


async def test_several_machines_behind_a_name_each_get_their_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    servers = [server_of(Numbered(n), f"127.0.0.{n + 2}:0") for n in range(2)]
    addresses = [await server.start() for server in servers]
    for server in servers:
        server.ready(True)
    found = tuple(place_of(address) for address in addresses)

    async def looked_up(place: Place) -> tuple[Place, ...]:
        assert (place.host, place.several) == ("shelves", True)
        return found

    monkeypatch.setattr("app.calling.lean.lines.resolved", looked_up)
    async with lean_lines() as lines:
        caller: Shelf = lean(["dns:///shelves:9500"], lines).caller  # type: ignore[assignment]
        answered: set[int] = set()
        while answered != {0, 1}:
            answered.add((await caller.find("a")).pages)
    for server in servers:
        await server.stop(0)


async def test_a_taken_address_is_refused_and_a_leftover_socket_is_none(tmp_path: Path) -> None:
    async with leanly_serving(bound(ShelfAnswer())) as server:
        with pytest.raises(Refused) as refused:
            await server_of(ShelfAnswer(), server.address).start()
        assert isinstance(refused.value.refusals[0], PortTaken)
    address = f"unix:{tmp_path}/shelf.sock"
    for _ in range(2):
        async with leanly_serving(bound(ShelfAnswer()), address):
            with pytest.raises(Refused):
                await server_of(ShelfAnswer(), address).start()
            async with peer(address) as client:  # whoever asked whether somebody is there has come and gone by then
                await client.greet()
    with pytest.raises(Refused) as refused:
        await server_of(ShelfAnswer(), "127.0.0.1:http").start()
    assert isinstance(refused.value.refusals[0], CannotListen)


async def test_closed_lines_answer_nothing_more() -> None:
    async with leanly_serving(bound(ShelfAnswer()), key=KEY) as server:
        lines = Lines(key=KEY)
        caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
        await caller.see()
        await lines.close()
        with pytest.raises(Unavailable):
            await caller.see()
        await until(lambda: not server.sessions)
