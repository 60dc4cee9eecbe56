"""What a child says around its end: a refusal is shown last, and nothing is lost, however slow child and supervisor are."""

from __future__ import annotations

import asyncio
import io
import os
import time
from typing import Any

import pytest

from app.observing.prefixed import Screen
from app.supervisor import life
from app.supervisor.child import OK, REFUSED, Child
from app.supervisor.life import Kept


class Process:
    """Stands for a child: it says what the test writes, and ends when the test says so."""

    def __init__(self) -> None:
        self.pid = 0
        self.returncode: int | None = None
        self.stdout, self.stderr = asyncio.StreamReader(), asyncio.StreamReader()
        self._ended = asyncio.Event()

    def end(self, code: int) -> None:
        self.returncode = code
        self._ended.set()
        self.stdout.feed_eof()
        self.stderr.feed_eof()

    async def wait(self) -> int:
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode


class Watched:
    """A child's life, and what is on the screen."""

    def __init__(self) -> None:
        self.out = io.BytesIO()
        self.process = Process()
        self.kept = Kept(Child("cart", ("cart",)), Screen(self.out, ["cart"], colours=False), lambda _: None)
        setattr(self.kept, "_start", self._start)  # noqa: B010  # a method
        self.begun = asyncio.Event()

    async def _start(self, *_: Any) -> Process:
        return self.process

    async def live(self) -> int:
        inherited, other = os.pipe()
        try:
            return await self.kept.live(inherited, lambda _: self.begun.set())
        finally:
            os.close(inherited)
            os.close(other)

    async def shows(self, text: str) -> None:
        while text not in self.out.getvalue().decode():
            await asyncio.sleep(0.001)


async def test_a_refusal_is_held_back_however_long_the_start_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(life, "HELD_BACK", 0.01)
    watched = Watched()
    living = asyncio.create_task(watched.live())
    await watched.begun.wait()
    await asyncio.sleep(0.02)
    watched.process.stderr.feed_data(b"port 8080 is taken.\n")
    watched.process.end(REFUSED)
    assert await living == REFUSED
    assert watched.out.getvalue() == b""
    assert watched.kept.take_held() == [b"port 8080 is taken."]


async def test_a_refusal_is_held_back_though_its_end_is_heard_of_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(life, "HELD_BACK", 0.01)
    watched = Watched()
    living = asyncio.create_task(watched.live())
    await watched.begun.wait()
    watched.process.stderr.feed_data(b"port 8080 is taken.\n")
    while not watched.kept._held:  # it has been read, and its time runs
        await asyncio.sleep(0)
    time.sleep(0.02)  # noqa: ASYNC251  # the loop is kept from running
    watched.process.end(REFUSED)
    assert await living == REFUSED
    assert watched.kept.take_held() == [b"port 8080 is taken."]


async def test_what_a_starting_child_says_is_shown_in_the_end_and_so_is_what_it_says_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(life, "HELD_BACK", 0.01)
    watched = Watched()
    living = asyncio.create_task(watched.live())
    await watched.begun.wait()
    for said in ("an old option", "a slow disk"):
        watched.process.stderr.feed_data(f"{said}\n".encode())
        await watched.shows(f"cart │ {said}\n")
    watched.process.end(OK)
    assert await living == OK


async def test_last_words_arrive_though_the_supervisor_is_kept_from_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(life, "LAST_WORDS", 0.05)
    watched = Watched()
    loop, (read_end, write_end) = asyncio.get_running_loop(), os.pipe()
    reader = watched.process.stdout = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read_end, "rb", 0))

    def drag() -> None:
        time.sleep(0.06)
        loop.call_soon(drag)  # each turn of the loop takes longer than there is time

    async def ended_on_a_busy_machine() -> int:
        drag()
        os.write(write_end, b"good-bye")  # without an end of its line: the end of the pipe is to be read, too
        os.close(write_end)
        return OK

    watched.process.wait = ended_on_a_busy_machine  # type: ignore[method-assign]
    watched.process.stderr.feed_eof()
    assert await watched.live() == OK
    assert watched.out.getvalue().decode() == "cart │ good-bye\n"
