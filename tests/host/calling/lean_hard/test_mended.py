"""What broke once under attack or load, each by itself."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import Any

import msgspec
import pytest

from app import Unavailable, deadline
from app.calling.desk import Desk
from app.calling.lean import beside
from app.calling.lean.connection import LOOKS
from app.calling.lean.frames import (
    CANCEL,
    DATA,
    FAIL,
    GOAWAY,
    META,
    MORE,
    NO_DEADLINE,
    REQUEST,
    RESPONSE,
    Broken,
)
from app.calling.lean.greeting import hello, proof
from app.calling.lean.lines import FIRST
from app.calling.lean.link import Link
from app.calling.lean.places import place_of
from app.calling.lean.server import LeanServer
from app.calling.policy import Policy
from app.telling.steps import PeerRefused, Step, Teller

from ..lean.peer import peer, until
from ..placing import KEY, bound, lean, lean_lines, leanly_serving
from ..shelf import Book, Shelf, ShelfAnswer, books
from .attacks import FIND, HANG, frame
from .watch import complaints, emptied

ONCE = Policy(attempts=1)
packed = msgspec.msgpack.encode
DEEP = b"\x91" * 3000


class Long(ShelfAnswer):
    calls = 0

    async def find(self, title: str, *, pages: int = 1) -> Book:
        self.calls += 1
        return Book(title=title * pages)


async def test_a_greeting_nested_too_deep_is_one_that_cannot_be_read() -> None:
    steps: list[Step] = []
    with complaints() as heard:
        async with (
            leanly_serving(bound(ShelfAnswer()), tell=Teller(steps.append)) as server,
            peer(server.address) as bad,
        ):
            said = hello(1, {"nonce": bytes(32)})[16:] + b"\xa5other" + DEEP
            bad.hello(1, msgspec.Raw(b"\x82" + said[1:]))
            assert await bad.over() == b""
    assert heard == []
    assert [step.why for step in steps if isinstance(step, PeerRefused)] == ["HELLO 1 cannot be read"]


@pytest.mark.parametrize(
    "said",
    [
        DEEP,
        packed(["traceparent", b"x"]),
        packed(["shelf-bin", "x"]),
        packed(["shelf", "a\r\nb"]),
        packed(["shelf", "ü"]),
    ],
    ids=["deep", "bytes for a text", "a text for bytes", "control characters", "no ASCII"],
)
async def test_metadata_that_grpc_would_not_carry_end_the_connection_and_are_no_bug_of_ours(said: bytes) -> None:
    bugs: list[Step] = []
    meta = len(said).to_bytes(2, "little") + said
    with pytest.raises(Broken):
        beside.read(meta, Desk(None, 30.0, 0, Teller(), None), "shelf")
    async with leanly_serving(bound(ShelfAnswer()), tell=Teller(bugs.append)) as server, peer(server.address) as bad:
        await bad.greet()
        bad.send(REQUEST, flags=META, code=FIND, call=1, arg=NO_DEADLINE, body=meta + packed({"title": "a"}))
        assert (await bad.frame()).kind == GOAWAY
        assert [type(step) for step in bugs] == [PeerRefused]
        await emptied(server, sessions=1)


async def test_chunks_of_nothing_are_kept_to_a_budget_too() -> None:
    async with leanly_serving(bound(ShelfAnswer())) as server, peer(server.address) as bad:
        await bad.greet()
        (session,) = server.sessions
        bad.send(REQUEST, code=FIND, call=1, flags=MORE, arg=60_000)
        for _ in range(140):
            bad.writer.write(frame(DATA, call=1, flags=MORE) * 1000)
            await bad.writer.drain()
        assert (await bad.frame()).kind == FAIL
        assert not session.parts


async def test_a_second_cancellation_does_not_cut_off_cleaning_up() -> None:
    cleaned = asyncio.Event()

    class Careful(ShelfAnswer):
        async def hang(self) -> Book:
            try:
                return await super().hang()
            finally:
                await asyncio.sleep(0.05)
                cleaned.set()

    answer = Careful()
    async with leanly_serving(bound(answer)) as server:
        async with peer(server.address) as client:
            await client.greet()
            client.send(REQUEST, code=HANG, call=1, arg=NO_DEADLINE - 1, body=b"\x80")
            await until(lambda: answer.log == ["began"])
            for _ in range(3):
                client.send(CANCEL, call=1)
            await until(lambda: answer.log == ["began", "ended"])
        await asyncio.wait_for(cleaned.wait(), 10)
        await emptied(server, sessions=0)


async def test_a_lost_connection_is_held_by_no_timer_of_a_call_without_a_deadline() -> None:
    async with leanly_serving(bound(ShelfAnswer())) as server, lean_lines() as lines:
        caller: Shelf = lean([server.address], lines, policy=Policy(default_deadline=1e300)).caller  # type: ignore[assignment]
        with deadline(float("inf")):
            assert (await caller.fill(books(1, 2))).pages == 3
        (line,) = lines._lines.values()
        lost = weakref.ref(_link(line))
        for session in tuple(server.sessions):
            session.lose("a test wants it so")
        await until(lambda: line.link is not None and line.link is not lost())
        await until(lambda: gc.collect() >= 0 and lost() is None)


def _link(line: Any) -> Link:
    assert line.link is not None
    return line.link


async def test_many_long_messages_at_once_are_each_below_the_limit_and_all_arrive() -> None:
    async with leanly_serving(bound(Long())) as server, lean_lines() as lines:
        caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
        with deadline(100):
            answers = await asyncio.gather(*(caller.find("x" * 1000, pages=4000) for _ in range(24)))
            assert {len(book.title) for book in answers} == {4_000_000}
            text = "y" * 4_000_000
            answers = await asyncio.gather(*(caller.find(text) for _ in range(24)))
            assert all(book.title == text for book in answers)
        await emptied(server, lines)


async def test_who_was_away_itself_asks_again_before_it_gives_a_peer_up() -> None:
    async with leanly_serving(bound(ShelfAnswer())) as server, lean_lines() as lines:
        caller: Shelf = lean([server.address], lines).caller  # type: ignore[assignment]
        await caller.see()
        (line,) = lines._lines.values()
        link = _link(line)
        for late in (10, 10, 10, 10, 1):  # seconds: the answer may be waiting in the socket
            link._heard, link._looks, link._due = False, link._looks or LOOKS, link.loop.time() - late
            link._listen()
            assert not link.closed
        for looks in range(1, LOOKS):
            assert not link.closed, looks
            link._heard, link._due = False, link.loop.time()
            link._listen()
        assert link.closed


async def test_a_name_that_can_be_nobodys_is_unreachable_each_time() -> None:
    with complaints() as heard:
        async with lean_lines() as lines:
            caller: Shelf = lean(["a..b:80"], lines, policy=ONCE).caller  # type: ignore[assignment]
            for _ in range(2):
                with pytest.raises(Unavailable), deadline(60):
                    await caller.see()
            (line,) = lines._lines.values()
            assert not line.keeping.done()
        gc.collect()
    assert heard == []


async def test_a_peer_that_greets_and_hangs_up_is_not_called_back_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.calling.lean.lines.LONGEST", 60.0)  # however slow the machine: it did not stay for long
    loop, pauses = asyncio.get_running_loop(), list[float]()
    async with leanly_serving(bound(ShelfAnswer())) as server, lean_lines() as lines:
        caller: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
        await caller.see()
        (line,) = lines._lines.values()
        for _ in range(3):
            _link(line).lose("a test wants it so")
            lost = loop.time()
            await until(lambda: line.link is not None and line.link.open)
            pauses.append(loop.time() - lost)
        assert all(pause >= least for pause, least in zip(pauses, (FIRST, 2 * FIRST, 4 * FIRST), strict=True)), pauses


async def test_an_answer_that_is_still_leaving_when_its_server_stops_arrives_whole() -> None:
    answer = Long()
    server = LeanServer([bound(answer)], address="127.0.0.1:0", tell=Teller())
    await server.start()
    server.ready(True)
    async with peer(server.address) as client:
        await client.greet()
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        (session,) = server.sessions
        sent = 0
        while not session.unsent:
            sent += 1
            body = packed({"title": "x" * 1000, "pages": 60})
            client.send(REQUEST, code=FIND, call=sent, arg=NO_DEADLINE, body=body)
            await until(lambda n=sent: answer.calls == n and not server.running)
        stopping = asyncio.create_task(server.stop(30))
        await asyncio.sleep(0.5)  # longer than answers have that are small
        client.writer.transport.resume_reading()  # type: ignore[attr-defined]
        frames = [await client.frame() for _ in range(sent + 1)]
        assert [frame.kind for frame in frames] == [RESPONSE] * sent + [GOAWAY]
        assert await stopping == 0


async def test_who_greets_while_a_server_begins_to_stop_is_asked_to_go() -> None:
    async with leanly_serving(bound(ShelfAnswer()), key=KEY) as server, peer(server.address) as client:
        client.hello(1, {"nonce": b"c" * 32})
        theirs = (await client.frame()).said["nonce"]
        server.ready(False)
        client.hello(3, {"proof": proof(KEY, "client", b"c" * 32, theirs)})
        await client.frame()
        assert (await client.frame()).kind == GOAWAY


async def test_a_command_that_was_on_its_way_when_its_server_closed_is_tried_elsewhere() -> None:
    first, second = ShelfAnswer(), ShelfAnswer()
    stopping = LeanServer([bound(first)], address="127.0.0.1:0", tell=Teller())
    await stopping.start()
    stopping.ready(True)
    async with leanly_serving(bound(second)) as staying, lean_lines() as lines:
        caller: Shelf = lean([stopping.address, staying.address], lines).caller  # type: ignore[assignment]
        await caller.see()
        await until(lambda: all(line.fit for line in lines._lines.values()))
        (session,) = stopping.sessions
        session._transport.pause_reading()  # what is sent now is not read any more
        with deadline(60):
            puts = [asyncio.create_task(caller.put(Book(title=str(n)))) for n in range(100)]
            await until(lambda: len(second.log) == 50)
            assert await stopping.stop(10) == 0
            await asyncio.gather(*puts)
        assert sorted(map(int, second.log)) == list(range(100))
        assert first.log == []


async def test_machines_that_are_no_longer_behind_a_name_are_called_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    async with leanly_serving(bound(ShelfAnswer())) as first, leanly_serving(bound(ShelfAnswer())) as second:
        behind = [place_of(first.address)]

        async def resolved(place: Any) -> Any:
            return tuple(behind)

        monkeypatch.setattr("app.calling.lean.lines.resolved", resolved)
        monkeypatch.setattr("app.calling.lean.lines.ASK_AGAIN", 0.0)
        async with lean_lines() as lines:
            caller: Shelf = lean(["dns:///shelves:80"], lines).caller  # type: ignore[assignment]
            with deadline(60):
                hanging = asyncio.create_task(caller.hang())
                await until(lambda: first.running == 1)
                (old,) = lines._lines.values()
                behind[:] = [place_of(second.address)]
                await caller.see()
                assert [line.place for line in lines._lines.values()] == behind
                assert old.keeping.cancelling()
                assert first.running == 1  # what was begun may end
                hanging.cancel()
                await until(lambda: not first.sessions)
