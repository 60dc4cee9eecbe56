"""A response's head and what follows it are one write; a head that nothing follows at once waits for nothing."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from app.serving.writing import COPIED, WithItsHead
from tests.host.serving.conftest import Running

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


class Wire:
    """A transport that remembers what was written together."""

    def __init__(self) -> None:
        self.written: list[Any] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.written.append(data)

    def writelines(self, pieces: Any) -> None:
        self.written.append(b"".join(pieces))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def response(wire: Wire) -> WithItsHead:
    return WithItsHead(cast(asyncio.Transport, wire), asyncio.get_running_loop())


@pytest.mark.parametrize("body", [b"", b"a", b"a" * COPIED, b"a" * (COPIED + 1)])
async def test_a_head_is_one_write_with_its_body(wire: Wire, response: WithItsHead, body: bytes) -> None:
    response.write(HEAD)
    assert wire.written == []
    response.write(body)
    response.write(b"more")
    await asyncio.sleep(0)
    assert wire.written == [HEAD + body, b"more"]


async def test_a_head_without_a_body_yet_goes_out_in_the_next_turn(wire: Wire, response: WithItsHead) -> None:
    response.write(HEAD)
    await asyncio.sleep(0)
    assert wire.written == [HEAD]
    response.write(b"later")
    assert wire.written == [HEAD, b"later"]


async def test_a_head_is_written_before_the_connection_closes(wire: Wire, response: WithItsHead) -> None:
    response.write(HEAD)
    response.close()
    await asyncio.sleep(0)
    assert wire.written == [HEAD]
    assert response.is_closing()


async def test_a_client_that_waits_with_its_body_is_told_at_once(wire: Wire, response: WithItsHead) -> None:
    response.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert len(wire.written) == 1
    response.write(HEAD)
    response.write(b"body")
    assert wire.written[1:] == [HEAD + b"body"]


async def test_each_answer_of_an_edge_is_one_write(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    edge: Running = await serve()
    writes: list[bytes] = []
    write = WithItsHead.write

    def counted(self: WithItsHead, data: bytes) -> None:
        if self._transport.__class__ is not _Counting:
            self._transport = cast(Any, _Counting(self._transport, writes))
        write(self, data)

    monkeypatch.setattr(WithItsHead, "write", counted)
    reader, writer = await asyncio.open_connection("127.0.0.1", edge.port)
    requests = [b"GET /api/products/1 HTTP/1.1\r\nhost: x\r\n%s\r\n" % end for end in (b"", b"connection: close\r\n")]
    async with asyncio.timeout(30):
        writer.write(b"".join(requests))
        answers = await reader.read()
    writer.close()
    assert answers.count(b"HTTP/1.1 200 ") == 2
    assert [one for one in writes if one] == [b"HTTP" + one for one in answers.split(b"HTTP") if one]


class _Counting:
    def __init__(self, transport: asyncio.Transport, writes: list[bytes]) -> None:
        self._transport, self._writes = transport, writes

    def write(self, data: bytes) -> None:
        self._writes.append(bytes(data))
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
