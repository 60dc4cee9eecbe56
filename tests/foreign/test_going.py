"""Connections between JavaScript and Python that end: drained, silent, of another version, and spoken to in nonsense."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from app import DeadlineExceeded, Unavailable, deadline
from app.telling.steps import PeerRefused, Step

from ..host.calling.placing import KEY
from ..parity.echo import EchoAnswer, Point
from .node import Failed, Node, at, javascript_answers, python_answers, python_calls, told


class Gate(EchoAnswer):
    """Hangs until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.began, self.go = asyncio.Event(), asyncio.Event()

    async def hang(self, name: str) -> Point:
        self.began.set()
        await self.go.wait()
        return Point(x=1)


async def call(node: Node, method: str, **given: Any) -> Any:
    return await node.ask("call", on="py", method=f"echo.Echo/{method}", **given)


async def garble(node: Node, data: bytes, **where: str) -> None:
    """Have Node write bytes into its connections."""
    await node.ask("garble", bytes={"$bytes": base64.b64encode(data).decode()}, **where)


async def said(node: Node, at: Any, data: bytes) -> bytes:
    """What comes back to bytes until the other side hangs up."""
    got = await node.ask("raw", at=at, bytes={"$bytes": base64.b64encode(data).decode()})
    return base64.b64decode(got["$bytes"])


def frame(kind: int, *, body: bytes = b"", flags: int = 0, code: int = 0, call: int = 0, arg: int = 0) -> bytes:
    """As docs/wire.md has it."""
    numbers = (len(body), 4), (kind, 1), (flags, 1), (code, 2), (call, 4), (arg, 4)
    return b"".join(number.to_bytes(size, "little") for number, size in numbers) + body


async def test_a_draining_python_answers_javascript_which_calls_the_next_one(node: Node) -> None:
    gate = Gate()
    async with python_answers(gate) as server:
        await node.ask("connect", on="py", at=at(server), key=KEY.decode())
        await node.ask("start", **{"as": "it"}, on="py", method="echo.Echo/Hang", within=600_000)
        await gate.began.wait()
        server.ready(False)
        gone = await node.ask("goes", on="py")
        assert (gone["code"], gone["last"]) == (14, False)
        with pytest.raises(Failed, match="not ready") as refused:
            await call(node, "See")
        assert refused.value.code == 14
        stopping = asyncio.create_task(server.stop(60))
        await asyncio.sleep(0)  # its first step: it listens no more
        async with python_answers(address=server.address) as after:
            await call(node, "Note", request={"text": "new"})
            assert len(after.sessions) == 1
            gate.go.set()
            assert await node.ask("result", **{"as": "it"}) == {"x": 1, "y": 7}
            assert await stopping == 0


async def began(node: Node, *names: str, call: Callable[[], Awaitable[Any]]) -> list[asyncio.Task[Any]]:
    """Calls under way, made until each of these servers has begun one: callers take turns."""
    waiting = [node.begin("logged", **{"as": name}, text="") for name in names]
    tasks: list[asyncio.Task[Any]] = []
    while not all(one.done() for one in waiting):
        tasks.append(asyncio.ensure_future(call()))
        await asyncio.wait(waiting, timeout=0.05)
    return tasks


async def test_a_draining_javascript_answers_python_which_calls_the_other_one(node: Node) -> None:
    first, second = await javascript_answers(node, "first"), await javascript_answers(node, "second")
    async with python_calls(first, second) as echo:
        with deadline(600):
            tasks = await began(node, "first", "second", call=lambda: echo.hang("a"))
            stopping = node.begin("stop", **{"as": "first"})
            for _ in range(20):
                await echo.note("while draining")
            noted = await node.ask("logged", **{"as": "second"}, text="while draining")
            assert noted.count("while draining") == 20
            assert not stopping.done()
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        await stopping
        await echo.note("afterwards")


async def test_a_command_goes_elsewhere_after_the_last_word_and_not_after_a_mere_end(node: Node) -> None:
    """The last word says that nothing without an answer was begun; after a mere end nobody knows."""
    first, second = await javascript_answers(node, "first"), await javascript_answers(node, "second")
    async with python_calls(first, second) as echo:
        with deadline(600):
            tasks = await began(node, "first", "second", call=lambda: echo.note("hold it"))
            await garble(node, frame(11, code=14, arg=1, body=b"gone"), **{"as": "first"})
            moved = await node.ask("logged", **{"as": "second"}, text="hold it", times=len(tasks))
            assert not any(task.done() for task in tasks)
            await garble(node, b"\xff" * 16, **{"as": "second"})
            ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(one) for one in ended} == {Unavailable}
    assert len(moved) == len(tasks)


async def test_each_side_answers_the_others_pings(node: Node) -> None:
    async with python_answers(keepalive=2.0) as server:
        await node.ask("connect", on="py", at=at(server), key=KEY.decode())
        await node.ask("connect", on="other", at=at(server), key=KEY.decode(), silence=1500)
        await node.ask("pings", on="py", what="heard", count=2)
        await node.ask("pings", on="other", what="answered", count=2)
        assert len(server.sessions) == 2


async def test_python_hangs_up_on_a_javascript_that_is_silent(node: Node) -> None:
    async with python_answers(keepalive=0.2) as server:
        await node.ask("connect", on="py", at=at(server), key=KEY.decode(), mute=True)
        await node.ask("closed", on="py")
        await node.ask("pings", on="py", what="heard", count=1)


async def test_javascript_hangs_up_on_a_silent_server(node: Node) -> None:
    address = await javascript_answers(node, mute=True)
    await node.ask("connect", on="py", at=at(address), key=KEY.decode(), silence=100)
    await node.ask("closed", on="py")


async def test_a_late_answer_of_javascript_is_passed_over(node: Node) -> None:
    async with python_calls(await javascript_answers(node)) as echo:
        with pytest.raises(DeadlineExceeded), deadline(0.01):
            await echo.hang("a")
        for kind in (3, 4, 6, 7, 8, 12):
            await garble(node, frame(kind, call=77), **{"as": "js"})
        await echo.see()


async def test_http_is_told_that_this_is_none(node: Node) -> None:
    async with python_answers() as server:
        assert (await said(node, at(server), b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")).startswith(b"HTTP/1.1 400 ")


HELLO = {"code": 1, "call": 0x414E4750, "arg": 1}
NONCE = b"\x81\xa5nonce\xc4\x10" + b"n" * 16


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", None),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(300), None),
        (bytes(range(256)), None),
        (frame(2, call=1), None),
        (frame(1, **{**HELLO, "call": 5}, body=NONCE), None),
        (frame(1, **HELLO, body=b"\xc1"), None),
        (frame(1, **HELLO, body=b"\x81\xa5nonce\xc4\x01n"), None),
        (frame(1, **HELLO, body=bytes(4097)), None),
        (frame(1, **{**HELLO, "code": 2}, body=NONCE), 9),
    ],
)
async def test_who_does_not_greet_is_told_no_more_than_the_version(node: Node, data: bytes, code: int | None) -> None:
    steps: list[Step] = []
    async with python_answers(tell=told(steps)) as server:
        got = await said(node, at(server), data)
        assert (got[4:8] == bytes([11, 0, 9, 0])) if code else (got == b"")
        assert [type(step) for step in steps] == [PeerRefused]
        await node.ask("connect", on="py", at=at(server), key=KEY.decode())
        assert (await call(node, "See"))["log"] == []


BAD = [
    (2**17 + 2).to_bytes(4, "little") + bytes([6]) + bytes(11),
    frame(99),
    frame(3, call=1),
    frame(1, **HELLO, body=NONCE),
    frame(2, call=1, code=3, flags=1, body=b"\xff\xff"),
    frame(2, call=1, code=3, flags=1, body=b"\x04\0\x92\xa1a\x01"),
    frame(2, call=1, code=13),
    frame(2, call=1, flags=2, body=b"a") + frame(2, call=1, flags=2, body=b"b"),
    frame(2, call=1, code=6, body=b"\x80") * 2,
]


@pytest.mark.parametrize("data", BAD)
async def test_who_breaks_the_rules_later_is_told_so_and_nobody_else_is_disturbed(node: Node, data: bytes) -> None:
    async with python_answers() as server:
        for name in ("py", "bad"):
            await node.ask("connect", on=name, at=at(server), key=KEY.decode())
        await garble(node, data, on="bad")
        await node.ask("closed", on="bad")
        gone = await node.ask("goes", on="bad")
        assert (gone["code"], gone["last"]) == (9, False)
        assert (await call(node, "See"))["log"] == []
