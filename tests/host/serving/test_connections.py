"""What reaches a connection beside plain requests: offers of other protocols, bodies and requests that break off."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from app.serving import server
from app.serving.listener import Listener
from tests.host.serving.conftest import Running

OFFER = b"connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n"
GET = b"GET /api/products/1 HTTP/1.1\r\nhost: x\r\n"
CHUNKED = b"POST /api/parts HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"


@pytest.fixture
async def edge(serve: Any, parser: str, monkeypatch: pytest.MonkeyPatch) -> Running:
    """An edge on each of the parsers."""
    monkeypatch.setattr(server, "Listener", lambda *given, **options: Listener(*given, **options, parser=parser))
    return await serve()


async def answers(edge: Running, *pieces: bytes) -> list[int]:
    """Send pieces, each in a packet of its own; the statuses that come back until the connection is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", edge.port)
    for piece in pieces:
        writer.write(piece)
        await asyncio.sleep(0.01)
    async with asyncio.timeout(30):
        answer = await reader.read()
    writer.close()
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+) ", answer)]


def part(offer: bytes = b"") -> bytes:
    body = b'{"a":1}'
    return b"POST /api/parts HTTP/1.1\r\nhost: x\r\n%scontent-length: %d\r\n\r\n%s" % (offer, len(body), body)


@pytest.mark.parametrize("together", [True, False])
async def test_an_offer_of_another_protocol_is_passed_over(edge: Running, together: bool) -> None:
    requests = [GET + OFFER + b"\r\n", part(OFFER), GET + b"connection: close\r\n\r\n"]
    pieces = [b"".join(requests)] if together else [piece for one in requests for piece in (one[:-5], one[-5:])]
    assert await answers(edge, *pieces) == [200, 200, 200]


async def test_any_number_of_offers_in_one_packet_is_passed_over(edge: Running) -> None:
    offers = part(OFFER) * 300
    assert await answers(edge, offers + GET + b"connection: close\r\n\r\n") == [200] * 301


async def test_a_body_in_broken_chunks_is_400(edge: Running) -> None:
    assert await answers(edge, CHUNKED + b"zz\r\n") == [400]
    assert await answers(edge, CHUNKED, b"5\r\nabc", b"de\r\n-1\r\n") == [400]


async def test_a_request_is_answered_though_garbage_follows_it(edge: Running) -> None:
    assert await answers(edge, GET + b"\r\n" + b"HELO there\r\n\r\n") in ([200], [200, 400])


async def test_a_tunnel_is_refused(edge: Running) -> None:
    (status,) = await answers(edge, b"CONNECT shop:80 HTTP/1.1\r\nhost: shop:80\r\nconnection: close\r\n\r\n")
    assert status in (400, 404, 405)
