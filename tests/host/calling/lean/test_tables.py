"""However a call ends, no table of either side holds anything of it afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from time import monotonic
from typing import Any

import msgspec
import pytest

from app import DeadlineExceeded, NotFound, Unavailable, Unimplemented, deadline
from app.ambient import Ambient, Expiry, using
from app.calling.lean.frames import (
    CANCEL,
    CREDIT,
    DATA,
    END,
    FAIL,
    GOAWAY,
    ITEM,
    LAST_CALL,
    META,
    MORE,
    NO_DEADLINE,
    REQUEST,
    RESPONSE,
    pack,
)
from app.calling.lean.link import Link
from app.calling.policy import Policy

from ..placing import KEY, bound, lean, lean_lines, leanly_serving
from ..shelf import Book, Shelf, ShelfAnswer, books
from .peer import Peer, peer, until

ONCE = Policy(attempts=1)
packed = msgspec.msgpack.encode


class Wired:
    """A shelf over the wire, and what both ends keep."""

    def __init__(self, caller: Shelf, server: Any, lines: Any, answer: ShelfAnswer) -> None:
        self.caller, self.server, self.lines, self.answer = caller, server, lines, answer

    @property
    def link(self) -> Link:
        (line,) = self.lines._lines.values()
        assert line.link is not None
        return line.link

    def empty(self) -> bool:
        """Whether nothing is kept of any call."""
        link, sessions = self.link, self.server.sessions
        mine = (link.calls, link.inboxes, link.outflows, link.sweep, link.parts)
        theirs = [(s.tasks, s.inboxes, s.outflows, s.parts) for s in sessions]
        return not any(mine) and not any(map(any, theirs)) and not self.server.running


@pytest.fixture
async def wired() -> AsyncIterator[Wired]:
    answer = ShelfAnswer()
    async with leanly_serving(bound(answer), key=KEY) as server, lean_lines(key=KEY) as lines:
        yield Wired(lean([server.address], lines, policy=ONCE).caller, server, lines, answer)  # type: ignore[arg-type]


async def test_answered_and_failed_calls(wired: Wired) -> None:
    assert await wired.caller.find("a") == Book(title="a", pages=1)
    with pytest.raises(NotFound):
        await wired.caller.find("missing")
    await until(wired.empty)


async def test_cancelled_calls_and_calls_out_of_time(wired: Wired) -> None:
    with pytest.raises(DeadlineExceeded):
        await wired.caller.hang()
    with deadline(30):
        tasks = [asyncio.create_task(wired.caller.hang()) for _ in range(200)]
        await until(lambda: wired.server.running == 200)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await until(wired.empty)
    assert wired.answer.log.count("began") == wired.answer.log.count("ended")


async def test_a_call_that_its_scope_does_not_cancel_is_ended_by_the_links_own_clock(wired: Wired) -> None:
    await wired.caller.see()
    with using(Ambient(Expiry(monotonic() + 0.1))), pytest.raises(DeadlineExceeded):  # nobody's task is cancelled
        await wired.caller.hang()
    with using(Ambient(Expiry(monotonic() + 0.1))), pytest.raises(DeadlineExceeded):
        async for _ in wired.caller.drip():
            pass
    await until(wired.empty)


async def test_cancelled_before_their_first_step(wired: Wired) -> None:
    async with peer(wired.server.address) as client:
        await client.greet(KEY)
        for call in range(1, 101):
            client.send(REQUEST, code=9, call=call, arg=NO_DEADLINE, body=packed({"number": 5, "fail_at": -1}))
            client.send(CANCEL, call=call)
        await client.writer.drain()
        await wired.caller.see()
        await until(wired.empty)


async def test_streams_read_to_the_end_left_and_failed(wired: Wired) -> None:
    assert len([book async for book in wired.caller.all(100)]) == 100
    async with aclosing(wired.caller.all(10_000)) as items:  # type: ignore[type-var]
        await anext(items)
    with pytest.raises(NotFound):
        async for _ in wired.caller.all(5, fail_at=2):
            pass
    assert (await wired.caller.fill(books(1, 2))).pages == 3
    assert [book.pages async for book in wired.caller.bind(books(1, 2))] == [2, 4]
    with pytest.raises(DeadlineExceeded):
        async for _ in wired.caller.drip():
            pass
    await until(wired.empty)


async def test_a_lost_connection_ends_every_call_and_the_next_finds_another(wired: Wired) -> None:
    await wired.caller.see()
    with deadline(30):
        tasks = [asyncio.create_task(wired.caller.hang()) for _ in range(20)]
        items = wired.caller.all(100_000)
        await anext(items)
        await until(lambda: wired.server.running == 21)
        for session in tuple(wired.server.sessions):
            session.lose("a test wants it so")
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(result) for result in results} == {Unavailable}
        with pytest.raises(Unavailable):
            async for _ in items:
                pass
    await wired.caller.see()
    await until(wired.empty)


async def test_call_ids_wrap_and_pass_over_those_in_use(wired: Wired) -> None:
    await wired.caller.see()
    with deadline(30):
        wired.link.last = LAST_CALL - 2
        hanging = asyncio.create_task(wired.caller.hang())
        await until(lambda: wired.server.running == 1)
        assert list(wired.link.calls) == [LAST_CALL - 1]
        for _ in range(3):
            await wired.caller.see()
        assert wired.link.last == 2
        wired.link.last = LAST_CALL - 2
        await wired.caller.see()
        assert wired.link.last == LAST_CALL
        hanging.cancel()
        await asyncio.wait([hanging])
    await until(wired.empty)


@pytest.mark.parametrize("kind", [ITEM, END, CREDIT, CANCEL, DATA])
async def test_what_belongs_to_no_call_is_passed_over(wired: Wired, kind: int) -> None:
    async with peer(wired.server.address) as client:
        await client.greet(KEY)
        client.send(kind, call=77, arg=5, body=b"x" * 10)
        client.send(REQUEST, code=4, call=1, arg=1000, body=packed({}))
        assert (await client.frame()).kind == RESPONSE
    await wired.caller.see()
    await until(wired.empty)


@pytest.mark.parametrize(
    ("frames", "why"),
    [
        ([(RESPONSE, {})], "a RESPONSE frame, which no client sends"),
        ([(200, {})], "a 200 frame, which no client sends"),
        ([(REQUEST, {"flags": META, "body": b"\xff\xff"})], "cut off"),
        ([(REQUEST, {"flags": META, "body": b"\x01\x00\x05"})], "no array"),
        ([(REQUEST, {"code": 8, "call": 3})] * 2, "in use|is being answered"),
        ([(REQUEST, {"flags": MORE, "body": b"x"})] * 2, "before the last one"),
        ([(REQUEST, {"code": 10})], "without the stream"),
    ],
)
async def test_who_does_not_keep_to_the_wire_is_told_and_hung_up_on(
    wired: Wired, frames: list[tuple[int, dict[str, Any]]], why: str
) -> None:
    await wired.caller.see()
    async with peer(wired.server.address) as client:
        await client.greet(KEY)
        for kind, said in frames:
            client.send(kind, **{"call": 5, "arg": 60_000, "body": packed({}), **said})
        frame = await client.frame()
        assert frame.kind == GOAWAY
        assert any(part in frame.body.decode() for part in why.split("|"))
        assert await client.over() == b""
    await wired.caller.see()  # nobody else has noticed
    await until(wired.empty)


async def test_a_method_that_is_not_there_and_a_body_that_is_none_fail_by_themselves(wired: Wired) -> None:
    async with peer(wired.server.address) as client:
        await client.greet(KEY)
        client.send(REQUEST, code=999, call=1, arg=1000, body=packed({}))
        assert await failed(client) == (Unimplemented.code, "no such method here")
        client.send(REQUEST, code=0, call=2, arg=1000, body=b"\xc1\xc1")
        assert (await failed(client))[0] == 3
        client.send(REQUEST, code=0, call=3, arg=1000, body=packed({"title": 5}))
        assert await failed(client) == (3, "title must be str, is 5")
        client.send(REQUEST, code=4, call=4, arg=1000, flags=META, body=meta("shelf-load", "heavy") + packed({}))
        assert (await failed(client))[0] == 3
    await wired.caller.see()
    await until(wired.empty)


async def test_a_call_that_arrives_without_time_is_not_begun(wired: Wired) -> None:
    async with peer(wired.server.address) as client:
        await client.greet(KEY)
        for call, method in enumerate(("Put", "Hang", "All"), 1):
            client.send(
                REQUEST, code=client.codes[f"shelf.Shelf/{method}"], call=call, arg=0, body=packed({"number": 1})
            )
            assert await failed(client) == (DeadlineExceeded.code, "the deadline passed")
    assert wired.answer.log == []
    await wired.caller.see()
    await until(wired.empty)


async def test_one_answer_where_items_were_asked_for_ends_the_stream(wired: Wired) -> None:
    with deadline(30):
        items = wired.caller.drip()
        await anext(items)
        (call,) = wired.link.inboxes
        wired.link.data_received(pack(0, RESPONSE, 0, 0, call, 0))
        with pytest.raises(Unavailable):
            await anext(items)
    assert not wired.link.inboxes


async def failed(client: Peer) -> tuple[int, str]:
    frame = await client.frame()
    assert frame.kind == FAIL
    return frame.code, frame.said[0]


def meta(*flat: str) -> bytes:
    data = packed(flat)
    return len(data).to_bytes(2, "little") + data
