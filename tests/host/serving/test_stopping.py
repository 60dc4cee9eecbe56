"""Starting and stopping: taken ports refused, what is in flight finished, the rest cut off in time."""

from __future__ import annotations

import asyncio
import signal
import socket
from typing import Any

import pytest
import websockets

from app.serving.health import Health
from app.serving.management import ManagementEdge
from app.serving.server import HttpEdge
from app.telling.drawing import draw
from app.telling.refusals import Refused
from app.telling.refusals.running import CannotListen, PortTaken
from app.telling.steps import Teller
from tests.host.serving.conftest import Running
from tests.host.serving.pages import Streams


async def test_a_taken_port_is_refused(serve: Any) -> None:
    first = await serve()
    second = HttpEdge(bindings=[], health=Health(), tell=Teller())
    with pytest.raises(Refused) as caught:
        await second.start("127.0.0.1", first.port)
    (refusal,) = caught.value.refusals
    assert isinstance(refusal, PortTaken)
    assert (refusal.edge, refusal.address) == ("http", f"127.0.0.1:{first.port}")
    assert "PANGAEA_HTTP_PORT" in draw([refusal])
    assert await second.stop(0) == 0


async def test_a_foreign_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    look_up = socket.getaddrinfo

    def known(host: str | None, *given: Any, **options: Any) -> Any:
        if host == "no-such-host.invalid":  # nobody far away is asked, who may take minutes
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(host, *given, **options)

    monkeypatch.setattr(socket, "getaddrinfo", known)
    edge = HttpEdge(bindings=[], health=Health(), tell=Teller())
    for host in ("192.0.2.1", "no-such-host.invalid"):
        with pytest.raises(Refused) as caught:
            await edge.start(host, 0)
        assert isinstance(caught.value.refusals[0], CannotListen)


async def test_a_name_of_two_families_is_served_on_both() -> None:
    families = {family for family, *_ in socket.getaddrinfo("localhost", 0, type=socket.SOCK_STREAM)}
    edge = ManagementEdge(health=Health(), tell=Teller())
    port = int((await edge.start("localhost", 0)).rpartition(":")[2])
    for family in families:
        host = "::1" if family == socket.AF_INET6 else "127.0.0.1"
        _, writer = await asyncio.open_connection(host, port)
        writer.close()
    await edge.stop(0)


async def test_signals_are_left_alone(shop: Running) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    await shop.edge.stop(0)
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


async def test_a_request_in_flight_is_finished(shop: Running) -> None:
    asked = asyncio.create_task(shop.client.get("/api/products"))
    await shop.answers.entered.wait()
    stopping = asyncio.create_task(shop.edge.stop(10))
    await asyncio.sleep(0.05)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", shop.port)
    shop.answers.release.set()
    assert (await asked).status_code == 200
    assert await stopping == 0


async def test_idle_connections_are_closed_at_once(shop: Running) -> None:
    await shop.client.get("/api/products/1")
    reader, writer = await asyncio.open_connection("127.0.0.1", shop.port)
    async with asyncio.timeout(30):
        assert await shop.edge.stop(60) == 0
        assert await reader.read() == b""
    writer.close()


async def test_what_does_not_finish_in_time_is_cut_off_and_counted(shop: Running) -> None:
    asked = asyncio.create_task(shop.client.get("/api/products"))
    await shop.answers.entered.wait()
    async with asyncio.timeout(30):
        assert await shop.edge.stop(0.05) == 1
        answer = await asked
    assert (answer.status_code, answer.json()["detail"]) == (503, "the server stops")
    assert shop.answers.ended == ["list_products"]
    assert not shop.told


async def test_an_open_event_stream_does_not_hold_up_the_stop(serve: Any) -> None:
    closed = asyncio.Event()
    edge = await serve([("files", Streams, {"closed": closed})])
    async with edge.client.stream("GET", "/events") as answer:
        lines = answer.aiter_lines()
        await anext(lines)
        async with asyncio.timeout(30):
            assert await edge.edge.stop(60) == 1
    assert closed.is_set()
    assert not edge.told


async def test_an_open_websocket_does_not_hold_up_the_stop_and_is_told_to_come_back(serve: Any) -> None:
    closed = asyncio.Event()
    edge = await serve([("files", Streams, {"closed": closed})])
    async with websockets.connect(f"ws://{edge.address}/echo") as socket_:
        await socket_.send("x")
        await socket_.recv()
        async with asyncio.timeout(30):
            assert await edge.edge.stop(60) == 0
        with pytest.raises(websockets.ConnectionClosed) as caught:
            await socket_.recv()
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1012
    assert closed.is_set()
    assert not edge.told


async def test_a_websocket_whose_handler_does_not_listen_is_cut_off(serve: Any) -> None:
    edge = await serve([("files", Streams, {"closed": asyncio.Event()})])
    async with websockets.connect(f"ws://{edge.address}/deaf") as socket_:
        assert await socket_.recv() == "hello"
        async with asyncio.timeout(30):
            assert await edge.edge.stop(60) == 1
    assert not edge.told


async def test_an_edge_starts_again_after_a_stop(shop: Running) -> None:
    shop.answers.release.set()
    await shop.edge.stop(0)
    address = await shop.edge.start("127.0.0.1", 0)
    assert (await shop.client.get(f"http://{address}/api/products")).status_code == 200
    assert await shop.edge.stop(0) == 0


async def test_the_app_can_be_called_without_a_server() -> None:
    edge = HttpEdge(bindings=[], health=Health(), tell=Teller())
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await edge.app({"type": "http", "method": "GET", "path": "/healthz", "query_string": b"", "headers": []}, receive, send)  # fmt: skip
    assert sent[0]["status"] == 200
