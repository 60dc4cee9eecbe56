"""Peers come and go: replicas share the work, the unhealthy are skipped, the returned are found, strangers speak."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from contextlib import suppress
from pathlib import Path

import grpc
import grpc.aio
import pytest

from app import DeadlineExceeded, InvalidArgument, NotFound, Principal, Unavailable, Unknown, deadline
from app.ambient import Ambient, using
from app.calling.connect import connect
from app.calling.policy import Policy
from app.telling.steps import NeighbourFound, NeighbourLost, Step, Teller

from .late import Late
from .placing import KEY, bound, channels, remote, server_of, serving
from .shelf import SHELF, Book, Shelf, ShelfAnswer

ONCE = Policy(attempts=1)


class Numbered(ShelfAnswer):
    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    async def find(self, title: str, *, pages: int = 1) -> Book:
        return Book(title=title, pages=self.number)


async def test_replicas_take_turns_and_one_that_stops_is_skipped() -> None:
    servers = [server_of(bound(Numbered(n))) for n in range(3)]
    addresses = [await server.start() for server in servers]
    for server in servers:
        server.ready(True)
    async with channels() as lines:
        caller: Shelf = remote(addresses, lines).caller  # type: ignore[assignment]

        async def spread() -> Counter[int]:
            return Counter([(await caller.find("a")).pages for _ in range(30)])

        await caller.find("a")
        while not all(line.fit for line in lines._lines.values()):
            await asyncio.sleep(0.01)
        assert await spread() == {0: 10, 1: 10, 2: 10}
        servers[1].ready(False)
        while 1 in await spread():
            await asyncio.sleep(0.01)
        await servers[2].stop(1)
        assert await spread() == {0: 30}
        servers[1].ready(True)
        while 1 not in await spread():
            await asyncio.sleep(0.01)
    for server in servers:
        await server.stop(0)


async def test_nobody_there_is_unavailable_and_a_neighbour_that_returns_is_found_at_once(tmp_path: Path) -> None:
    address, steps = f"unix:{tmp_path}/shelf.sock", list[Step]()
    async with channels(tell=Teller(steps.append)) as lines:
        caller: Shelf = remote([address], lines, policy=ONCE).caller  # type: ignore[assignment]
        with pytest.raises(Unavailable) as lost:
            await caller.find("a")
        assert str(lost.value) == "Shelf cannot be reached"
        for _ in range(2):
            async with serving(bound(ShelfAnswer()), address):
                with deadline(30):
                    while True:
                        try:
                            await caller.find("a")
                            break
                        except Unavailable:
                            await asyncio.sleep(0.01)
            with pytest.raises(Unavailable):
                await caller.find("a")
    kinds = [type(step) for step in steps]
    assert kinds[:2] == [NeighbourLost, NeighbourFound]
    assert steps[0] == NeighbourLost(contract="Shelf", address=address)


async def test_a_neighbour_that_hangs_is_given_up_at_the_deadline() -> None:
    deaf = socket.create_server(("127.0.0.1", 0))  # the kernel takes connections; nobody ever reads them
    address = f"127.0.0.1:{deaf.getsockname()[1]}"
    async with channels() as lines:
        caller: Shelf = remote([address], lines, policy=ONCE).caller  # type: ignore[assignment]
        with pytest.raises((DeadlineExceeded, Unavailable)), deadline(0.1):
            await caller.find("a")
        with pytest.raises((DeadlineExceeded, Unavailable)), deadline(0.1):
            await anext(caller.all(1))
    deaf.close()


async def test_closing_the_channels_under_a_call_makes_it_unavailable() -> None:
    answer = ShelfAnswer()
    async with serving(bound(answer)) as address, channels() as lines:
        caller: Shelf = remote([address], lines, policy=ONCE).caller  # type: ignore[assignment]
        with deadline(30):
            call = asyncio.create_task(caller.hang())
            while not answer.log:
                await asyncio.sleep(0.002)
            await lines.close()
            with pytest.raises(Unavailable):
                await call
            with pytest.raises(Unavailable):
                await caller.find("a")


@pytest.mark.parametrize(("theirs", "believed"), [(KEY, True), (b"another", False), (None, False)])
async def test_a_principal_is_believed_by_those_who_share_the_key(theirs: bytes | None, believed: bool) -> None:
    async with serving(bound(ShelfAnswer()), key=theirs) as address, channels(key=KEY) as lines:
        caller: Shelf = remote([address], lines).caller  # type: ignore[assignment]
        with using(Ambient(principal=Principal("ann"))):
            assert (await caller.see()).subject == ("ann" if believed else "")


async def test_the_face_for_the_outside_world_believes_nobody() -> None:
    async with (
        serving(bound(ShelfAnswer()), key=KEY, foreign_face=True) as address,
        connect(Shelf, address, key=KEY) as shelf,
    ):
        with using(Ambient(principal=Principal("ann"))):
            assert (await shelf.see()).subject == ""


async def test_a_foreign_service_is_told_no_principal_and_its_statuses_are_kinds() -> None:
    from app.module.spec import spec_of

    seen: list[dict[str, object]] = []

    async def find(request: bytes, context: grpc.aio.ServicerContext) -> bytes:  # type: ignore[type-arg]
        seen.append(dict(context.invocation_metadata() or ()))
        codes = {
            b"none": grpc.StatusCode.NOT_FOUND,
            b"odd": grpc.StatusCode.UNKNOWN,
            b"gone": grpc.StatusCode.UNAVAILABLE,
        }
        for word, code in codes.items():
            if word in request:
                await context.abort(code, f"it said {word.decode()}")
        return b"\xff" if b"garbage" in request else b"\x0a\x01x"

    handlers = {"Find": grpc.unary_unary_rpc_method_handler(find)}
    server = grpc.aio.server()
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(spec_of(Shelf).service, handlers)])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with channels(key=KEY) as lines:
        caller: Shelf = remote([f"127.0.0.1:{port}"], lines, policy=ONCE, foreign=True).caller  # type: ignore[assignment]
        with using(Ambient(principal=Principal("ann"))), SHELF.set("top"):
            assert (await caller.find("a")).title == "x"
        assert "pangaea-principal" not in seen[0]
        assert seen[0]["shelf"] == "top"
        with pytest.raises(NotFound, match="it said none") as failed:
            await caller.find("none")
        assert type(failed.value) is NotFound
        with pytest.raises(Unknown, match="it said odd"):
            await caller.find("odd")
        with pytest.raises(Unavailable):
            await caller.find("gone")
        with pytest.raises(Exception, match="something broke"):
            await caller.find("garbage")
    await server.stop(0)


async def test_a_program_without_a_host_connects_by_contract_and_address() -> None:
    answer = ShelfAnswer()
    async with serving(bound(answer)) as address, connect(Shelf, address, deadline=5) as shelf:
        assert isinstance(shelf, Shelf)
        assert (await shelf.find("a")).title == "a"
        assert (await shelf.see()).remaining <= 5
        with pytest.raises(InvalidArgument):
            await shelf.find(3)  # type: ignore[arg-type]  # pyright: ignore


async def test_a_slow_reader_holds_a_far_producer_back() -> None:
    class Bulky(ShelfAnswer):
        made = 0

        async def all(self, number: int, fail_at: int = -1):  # type: ignore[no-untyped-def,override]
            for n in range(number):
                self.made = n + 1
                yield Book(title="x" * 4096, pages=n)

    answer = Bulky()
    async with serving(bound(answer)) as address, connect(Shelf, address) as shelf:
        stream = shelf.all(100_000)
        await anext(stream)
        before = -1
        while answer.made != before:
            before = answer.made
            await asyncio.sleep(0.05)
        assert answer.made * 4096 < 4 * 65536
        for _ in range(200):
            await anext(stream)
        assert answer.made < 200 + 64


async def test_a_replica_that_lets_calls_run_out_of_time_is_spared_while_others_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.calling.rotation.SHUNNED", 600.0)
    stuck: list[ShelfAnswer] = []

    class Stuck(Numbered):
        async def find(self, title: str, *, pages: int = 1) -> Book:
            stuck.append(self)
            return await self.hang()

    async with (
        serving(bound(Stuck(0))) as one,
        serving(bound(Numbered(1))) as two,
        channels() as lines,
    ):
        caller: Shelf = remote([one, two], lines, policy=ONCE).caller  # type: ignore[assignment]
        await caller.see()
        while not all(line.fit for line in lines._lines.values()):
            await asyncio.sleep(0.01)
        while len(stuck) < 3:
            before, call = len(stuck), Late(lambda: caller.find("a"))
            while not call.task.done() and len(stuck) == before:
                await asyncio.sleep(0.002)
            with suppress(DeadlineExceeded):
                await call.expire()
        with deadline(30):
            assert {(await caller.find("a")).pages for _ in range(10)} == {1}
        assert len(stuck) == 3
