"""Peers that are stopped, killed, deaf, slow, or gone without a word: who waits for them is told in time, who does not is
not held up, and they are found again when they return."""

from __future__ import annotations

import asyncio
import signal
from contextlib import aclosing
from typing import Any

import pytest

from app import DeadlineExceeded, Unavailable, deadline
from app.calling.lean.frames import NO_DEADLINE, REQUEST
from app.calling.lean.greeting import hello
from app.calling.policy import Policy

from ..lean.peer import peer, until
from ..placing import KEY, bound, lean, lean_lines, leanly_serving
from ..shelf import Book, Shelf, ShelfAnswer
from .answerer import KEEPALIVE, another
from .attacks import ALL, FIND, frame, packed
from .between import between
from .watch import emptied, rss

ONCE = Policy(attempts=1, default_deadline=30)


async def found(caller: Shelf, within: float = 60) -> None:
    """Wait until somebody answers again."""
    async with asyncio.timeout(within):
        while True:
            try:
                with deadline(20):
                    await caller.find("a")
            except (Unavailable, DeadlineExceeded):
                await asyncio.sleep(0.01)
            else:
                return


async def test_a_process_that_is_stopped_is_given_up_and_found_again() -> None:
    async with another("answer") as other, lean_lines(key=KEY, keepalive=KEEPALIVE) as lines:
        caller: Shelf = lean([await other.line()], lines, policy=ONCE).caller  # type: ignore[assignment]
        async with aclosing(caller.all(10**9)) as items:  # type: ignore[type-var]
            await anext(items)
            with deadline(60):
                waiting = [asyncio.create_task(caller.hang()) for _ in range(20)]
                await caller.find("a")
                other.signal(signal.SIGSTOP)
                with pytest.raises(DeadlineExceeded), deadline(0.1):
                    await caller.find("b")
                ended = await asyncio.gather(*waiting, return_exceptions=True)  # the keepalive, long before a minute
            assert {type(one) for one in ended} == {Unavailable}
            with pytest.raises(Unavailable):
                async for _ in items:
                    pass
        other.signal(signal.SIGCONT)
        await found(caller)


async def test_a_stopped_process_holds_up_nobody_else() -> None:
    async with (
        another("answer") as stopped,
        another("answer") as well,
        lean_lines(key=KEY, keepalive=KEEPALIVE) as lines,
        lean_lines(key=KEY) as others,
    ):
        addresses = [await stopped.line(), await well.line()]
        caller: Shelf = lean(addresses, lines, policy=Policy(default_deadline=30)).caller  # type: ignore[assignment]
        alone: Shelf = lean(addresses[1:], others, policy=ONCE).caller  # type: ignore[assignment]
        await caller.find("a")
        await until(lambda: all(line.fit for line in lines._lines.values()))
        stopped.signal(signal.SIGSTOP)
        assert {(await alone.find("a")).title for _ in range(50)} == {"a"}
        for _ in range(20):  # those that met the stopped one are tried at the other
            with deadline(20):
                assert (await caller.find("a")).title == "a"
        stopped.signal(signal.SIGCONT)
        (first, _) = lines._lines.values()
        await until(lambda: first.fit)


async def test_a_caller_that_is_stopped_or_killed_leaves_nothing_at_the_server() -> None:
    async with (
        leanly_serving(bound(ShelfAnswer()), key=KEY, keepalive=KEEPALIVE) as server,
        lean_lines(key=KEY) as lines,
    ):
        near: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
        await near.find("a")
        for number in (signal.SIGSTOP, signal.SIGKILL):
            async with another("call", server.address) as other:
                assert await other.line() == "calling"
                await until(lambda: server.running >= 3)
                other.signal(number)
                await emptied(server, lines, sessions=1)
                assert (await near.find("a")).title == "a"
                if number == signal.SIGSTOP:
                    other.signal(signal.SIGCONT)
                    await until(lambda: server.running >= 3)


async def test_a_server_that_is_killed_is_unavailable_and_its_successor_is_found() -> None:
    async with lean_lines(key=KEY) as lines:
        # Tests beside this one use other addresses: none gets this port while nobody has it.
        async with another("answer", "127.0.0.9:0") as other:
            address = await other.line()
            caller: Shelf = lean([address], lines, policy=ONCE).caller  # type: ignore[assignment]
            with deadline(30):
                waiting = [asyncio.create_task(caller.hang()) for _ in range(20)]
                await caller.find("a")
                other.signal(signal.SIGKILL)
                ended = await asyncio.gather(*waiting, return_exceptions=True)
            assert {type(one) for one in ended} == {Unavailable}
        async with another("answer", address) as successor:
            assert await successor.line() == address
            await found(caller)


async def test_a_connection_that_is_gone_without_a_word_ends_on_both_sides() -> None:
    async with (
        leanly_serving(bound(ShelfAnswer()), key=KEY, keepalive=KEEPALIVE) as server,
        between(server.address) as wire,
        lean_lines(key=KEY, keepalive=KEEPALIVE) as lines,
    ):
        caller: Shelf = lean([wire.address], lines, policy=ONCE).caller  # type: ignore[assignment]
        with deadline(60):
            waiting = asyncio.create_task(caller.hang())
            await until(lambda: server.running == 1)
            wire.passes.clear()
            with pytest.raises(Unavailable):
                await waiting
        await until(lambda: not server.sessions)
        await emptied(server, lines, sessions=0)
        wire.passes.set()
        await found(caller)
        assert wire.connections > 1


async def test_who_says_a_byte_a_while_keeps_nothing_but_its_own_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not greeted, it has five seconds; greeted, its half frame is all that is kept."""
    monkeypatch.setattr("app.calling.lean.session.WITHIN", 600.0)  # they are over when the test says so
    async with leanly_serving(bound(ShelfAnswer()), key=KEY, keepalive=600) as server:
        async with peer(server.address) as slow, peer(server.address) as known, peer(server.address) as good:
            await known.greet(KEY)
            await good.greet(KEY)
            drop, half = hello(1, {"nonce": bytes(32)}), frame(REQUEST, body=bytes(1000))
            for n in range(40):
                slow.writer.write(drop[n : n + 1])
                known.writer.write(half[n : n + 1])
                good.send(REQUEST, code=FIND, call=n + 1, arg=NO_DEADLINE, body=packed({"title": "a"}))
                assert (await good.frame()).call == n + 1
                await asyncio.sleep(0.01)
            assert len(server.sessions) == 3
            (waiting,) = [session for session in server.sessions if not session.open]
            waiting._hurry()  # five seconds are over
            assert await slow.over() == b""
            assert sorted(len(session._held) for session in server.sessions) == [0, 40]
        await emptied(server, sessions=0)


async def test_who_never_reads_is_read_no_further_and_costs_a_bounded_sum() -> None:
    """Long answers, streams and pings are asked for without end by somebody who takes none of them."""

    class Long(ShelfAnswer):
        async def find(self, title: str, *, pages: int = 1) -> Book:
            return Book(title=title * pages)

    async with leanly_serving(bound(Long()), keepalive=600, max_concurrency=200) as server, lean_lines() as lines:
        near: Shelf = lean([server.address], lines, policy=ONCE).caller  # type: ignore[assignment]
        await near.find("a")
        before = rss()
        async with peer(server.address) as deaf:
            await deaf.greet(window=2**40)
            deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]
            transport: Any = deaf.writer.transport
            (session,) = [one for one in server.sessions if one.limits.window == 2**40]
            call = 0
            while not (session.full and transport.get_write_buffer_size() > 300_000):
                call += 1
                body = packed({"title": "x" * 1000, "pages": 200})
                deaf.send(REQUEST, code=FIND, call=2 * call, arg=NO_DEADLINE, body=body)
                deaf.send(REQUEST, code=ALL, call=2 * call + 1, arg=NO_DEADLINE, body=packed({"number": 10**9}))
                if not call % 50:
                    await asyncio.sleep(0)
            assert not session._transport.is_reading()
            assert session.unsent < 2_000_000
            for _ in range(20):
                assert (await near.find("a")).title == "a"
            assert rss() - before < 150 * 1024
            session._keepalive = KEEPALIVE  # that long nobody has heard of it
            session._listen()
            await until(lambda: session.closed)
        await emptied(server, lines)


async def test_a_process_whose_loop_ends_with_calls_in_flight_leaves_nothing_at_the_server() -> None:
    async with leanly_serving(bound(ShelfAnswer()), key=KEY) as server, another("leave", server.address) as other:
        assert await other.line() == "leaving"
        assert await other.gone() == 0
        await emptied(server, sessions=0)
