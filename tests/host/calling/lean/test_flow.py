"""Long messages and streams: nobody runs ahead, nobody holds up what is small, nothing half is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from app import ResourceExhausted, deadline
from app.calling.lean.frames import (
    CANCEL,
    CHUNK,
    CREDIT,
    DATA,
    END,
    FAIL,
    GOAWAY,
    ITEM,
    MORE,
    NO_DEADLINE,
    REQUEST,
    RESPONSE,
    STREAM,
)
from app.calling.policy import Policy

from ..placing import KEY, bound, lean, lean_lines, leanly_serving
from ..shelf import Book, Shelf, ShelfAnswer
from .peer import Frame, peer, until

packed = msgspec.msgpack.encode
FIND, ALL, FILL = 0, 9, 10


class Echoing(ShelfAnswer):
    async def find(self, title: str, *, pages: int = 1) -> Book:
        return Book(title=title * pages)


async def test_long_messages_arrive_whole_and_beside_each_other() -> None:
    async with leanly_serving(bound(Echoing()), key=KEY) as server, lean_lines(key=KEY) as lines:
        caller: Shelf = lean([server.address], lines).caller  # type: ignore[assignment]
        texts = [letter * size for letter, size in zip("abcdefgh", (1, CHUNK - 20, CHUNK, CHUNK + 1, 3 * CHUNK,
                                                                    10**6, 3 * 10**6, 5), strict=True)]  # fmt: skip
        with deadline(60):
            got = await asyncio.gather(*(caller.find(text) for text in texts))
        assert [book.title for book in got] == texts


async def test_what_is_small_is_answered_while_something_long_is_on_its_way() -> None:
    async with leanly_serving(bound(Echoing())) as server, peer(server.address) as client:
        await client.greet()
        client.send(REQUEST, code=FIND, call=1, arg=NO_DEADLINE, body=packed({"title": "x" * 1000, "pages": 3000}))
        client.send(REQUEST, code=FIND, call=2, arg=NO_DEADLINE, body=packed({"title": "small"}))
        frames: list[Frame] = []
        while not frames or frames[-1].flags & MORE or frames[-1].kind == RESPONSE:
            frames.append(await client.frame())
        assert max(len(frame.body) for frame in frames) <= CHUNK
        assert [frame.call for frame in frames].index(2) < len(frames) - 1
        assert sum(len(frame.body) for frame in frames if frame.call == 1) > 3_000_000


async def test_messages_past_the_limit_are_refused_on_both_ways() -> None:
    async with (
        leanly_serving(bound(Echoing()), max_message_bytes=200_000) as server,
        lean_lines(max_message_bytes=300_000) as lines,
    ):
        caller: Shelf = lean([server.address], lines, policy=Policy(attempts=1)).caller  # type: ignore[assignment]
        with pytest.raises(ResourceExhausted):
            await caller.find("x" * 250_000)
        with pytest.raises(ResourceExhausted):
            await caller.find("x", pages=310_000)
        assert len((await caller.find("x", pages=290_000)).title) == 290_000
        async with peer(server.address) as client:
            await client.greet()
            for n in range(5):
                client.send(DATA if n else REQUEST, code=FIND, call=1, flags=MORE, arg=60_000, body=b"x" * CHUNK)
            assert (await client.frame()).code == ResourceExhausted.code
            client.send(DATA, call=1, body=b"")
            client.send(REQUEST, code=FIND, call=2, arg=60_000, body=packed({"title": "on"}))
            assert (await client.frame()).kind == RESPONSE


async def test_half_a_message_is_dropped_when_its_call_is_given_up() -> None:
    async with leanly_serving(bound(ShelfAnswer())) as server, peer(server.address) as client:
        await client.greet()
        client.send(REQUEST, code=FIND, call=1, flags=MORE, arg=60_000, body=b"x" * 1000)
        client.send(CANCEL, call=1)
        client.send(DATA, call=1, body=b"x")
        client.send(REQUEST, code=FIND, call=1, arg=60_000, body=packed({"title": "again"}))
        assert (await client.frame()).kind == RESPONSE
        (session,) = server.sessions
        assert (len(session.parts), session.parts.size) == (0, 0)


async def test_half_messages_together_are_kept_to_a_budget() -> None:
    async with leanly_serving(bound(ShelfAnswer())) as server, peer(server.address) as client:
        await client.greet()
        for call in range(1, 40):
            for n in range(60):
                client.send(DATA if n else REQUEST, call=call, flags=MORE, arg=60_000, body=bytes(CHUNK))
            await client.writer.drain()
        assert (await client.frame()).code == ResourceExhausted.code
        (session,) = server.sessions
        assert session.parts.size <= 64 * 1024 * 1024


async def test_a_producer_waits_for_credit() -> None:
    answer = ShelfAnswer()
    async with leanly_serving(bound(answer)) as server, peer(server.address) as client:
        await client.greet(window=1000)
        client.send(REQUEST, code=ALL, call=1, arg=NO_DEADLINE, body=packed({"number": 500, "fail_at": -1}))
        sent = 0
        while sent < 1000:
            sent += len((await client.frame()).body) + 16
        made = len(answer.log)
        client.send(REQUEST, code=FIND, call=2, arg=NO_DEADLINE, body=packed({"title": "a"}))
        assert (await client.frame()).call == 2  # nothing more of the stream came before
        assert len(answer.log) == made
        client.send(CREDIT, call=1, arg=10**6)
        frames = [await client.frame()]
        while frames[-1].kind == ITEM:
            frames.append(await client.frame())
        assert frames[-1].kind == END
        assert answer.log.count("closed") == 1


async def test_who_sends_beyond_its_credit_is_hung_up_on() -> None:
    class Deaf(ShelfAnswer):
        async def fill(self, books: AsyncIterator[Book]) -> Book:
            await asyncio.Event().wait()
            return Book(title="never")

    async with leanly_serving(bound(Deaf()), max_message_bytes=100_000) as server, peer(server.address) as client:
        await client.greet()
        client.send(REQUEST, code=FILL, call=1, flags=STREAM, arg=NO_DEADLINE)
        for _ in range(20):
            client.send(ITEM, call=1, body=bytes(20_000))
        frame = await client.frame()
        assert (frame.kind, frame.body) == (GOAWAY, b"a stream that runs past its credit")
        await client.over()
        await until(lambda: not server.running)


async def test_items_that_are_no_messages_fail_the_call_and_nothing_else() -> None:
    async with leanly_serving(bound(ShelfAnswer())) as server, peer(server.address) as client:
        await client.greet()
        client.send(REQUEST, code=FILL, call=1, flags=STREAM, arg=NO_DEADLINE)
        client.send(ITEM, call=1, body=packed({"title": 5}))
        frame = await client.frame()
        assert (frame.kind, frame.code) == (FAIL, 3)
        client.send(ITEM, call=1, body=packed({"title": "late"}))
        client.send(REQUEST, code=FIND, call=2, arg=NO_DEADLINE, body=packed({"title": "a"}))
        assert (await client.frame()).kind == RESPONSE
        assert not server.running


async def test_a_peer_that_never_reads_is_not_read_either_and_holds_up_nobody() -> None:
    async with leanly_serving(bound(Echoing())) as server, lean_lines() as lines, peer(server.address) as client:
        caller: Shelf = lean([server.address], lines).caller  # type: ignore[assignment]
        await client.greet()
        body = packed({"title": "x" * 1000, "pages": 50})
        for call in range(1, 2001):
            client.send(REQUEST, code=FIND, call=call, arg=NO_DEADLINE, body=body)
        (session,) = server.sessions
        await until(lambda: session.full)
        assert (await caller.find("a")).title == "a"
        assert session._transport.get_write_buffer_size() < 10 * 1024 * 1024
        client.writer.transport.abort()
        await until(lambda: not server.running)
