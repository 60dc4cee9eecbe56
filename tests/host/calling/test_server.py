"""The gRPC server as strangers meet it: bytes that are no request, unknown methods, limits, health, drain, ports."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest

from app import Internal, ResourceExhausted, Unavailable, deadline
from app.calling.policy import Policy
from app.telling.refusals import Refused
from app.telling.refusals.running import CannotListen, PortTaken

from .placing import bound, channels, remote, server_of, serving
from .shelf import Book, Shelf, ShelfAnswer

HEALTH = "/grpc.health.v1.Health"


def service() -> str:
    from app.module.spec import spec_of

    return spec_of(Shelf).service


async def status(channel: grpc.aio.Channel, path: str, data: bytes = b"", **options: Any) -> grpc.aio.AioRpcError:
    """How a raw call fails."""
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await channel.unary_unary(path)(data, **options)
    return failed.value


async def test_bytes_that_are_no_request_are_an_invalid_argument() -> None:
    async with serving(bound(ShelfAnswer())) as address, grpc.aio.insecure_channel(address) as channel:
        failed = await status(channel, f"/{service()}/Find", b"\xff\xff\xff")
        assert failed.code() is grpc.StatusCode.INVALID_ARGUMENT
        failed = await status(channel, f"/{service()}/Put", b"\x0a\x02\xff\xfe")
        assert failed.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_an_unknown_method_is_unimplemented() -> None:
    async with serving(bound(ShelfAnswer())) as address, grpc.aio.insecure_channel(address) as channel:
        assert (await status(channel, f"/{service()}/Burn")).code() is grpc.StatusCode.UNIMPLEMENTED
        assert (await status(channel, "/no.Such/Thing")).code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_failure_travels_as_status_with_details_for_everybody() -> None:
    async with serving(bound(ShelfAnswer())) as address, grpc.aio.insecure_channel(address) as channel:
        failed = await status(channel, f"/{service()}/Find", b"\x0a\x07missing")
        assert (failed.code(), failed.details()) == (grpc.StatusCode.NOT_FOUND, "no book missing")
        details = dict(failed.trailing_metadata() or ())["grpc-status-details-bin"]
        assert isinstance(details, bytes)
        assert b"type.googleapis.com/" in details
        assert b"NoSuchBook" in details


async def test_no_text_of_an_exception_crosses() -> None:
    async with serving(bound(ShelfAnswer())) as address, grpc.aio.insecure_channel(address) as channel:
        failed = await status(channel, f"/{service()}/Find", b"\x0a\x06broken")
        assert failed.code() is grpc.StatusCode.INTERNAL
        assert "secret" not in f"{failed.details()} {failed.trailing_metadata()}"


async def test_metadata_that_cannot_be_read_is_an_invalid_argument() -> None:
    async with serving(bound(ShelfAnswer())) as address, grpc.aio.insecure_channel(address) as channel:
        failed = await status(channel, f"/{service()}/See", metadata=(("shelf-load", "heavy"),))
        assert failed.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert "shelf-load" in (failed.details() or "")


async def test_messages_past_the_limit_are_resource_exhausted() -> None:
    class Big(ShelfAnswer):
        async def find(self, title: str, *, pages: int = 1) -> Book:
            return Book(title="x" * pages)

    async with (
        serving(bound(Big()), max_message_bytes=1000) as address,
        grpc.aio.insecure_channel(address) as channel,
        channels(max_message_bytes=2000) as lines,
    ):
        failed = await status(channel, f"/{service()}/Put", b"\x0a\xff\x7f" + b"x" * 0x3FFF)
        assert failed.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        caller: Shelf = remote([address], lines, policy=Policy(max_message_bytes=2000)).caller  # type: ignore[assignment]
        with pytest.raises(ResourceExhausted, match="request is 3004 bytes"):
            await caller.put(Book(title="x" * 3001))
        with pytest.raises(ResourceExhausted, match="larger than its receiver takes"):
            await caller.put(Book(title="x" * 1500))
        with pytest.raises(ResourceExhausted, match="larger than its receiver takes"):
            await caller.find("a", pages=5000)
        assert (await caller.find("a", pages=1500)).title


async def test_one_call_more_than_the_server_takes_is_resource_exhausted() -> None:
    binding = bound(ShelfAnswer())
    async with serving(binding, max_concurrency=1) as address, channels() as lines:
        caller: Shelf = remote([address], lines).caller  # type: ignore[assignment]
        stream = caller.all(1_000_000)
        await anext(stream)
        with pytest.raises(ResourceExhausted, match="1 calls are in flight"):
            await caller.see()


async def test_health_is_told_for_the_process_and_for_each_contract() -> None:
    server = server_of(bound(ShelfAnswer()))
    address = await server.start()
    named = b"\x0a" + bytes([len(service())]) + service().encode()
    async with grpc.aio.insecure_channel(address) as channel:
        check = channel.unary_unary(f"{HEALTH}/Check")
        assert await check(b"") == b"\x08\x02"
        server.ready(True)
        assert await check(b"") == await check(named) == b"\x08\x01"
        failed = await status(channel, f"{HEALTH}/Check", b"\x0a\x02no")
        assert failed.code() is grpc.StatusCode.NOT_FOUND
        failed = await status(channel, f"{HEALTH}/Check", b"\x0a\x09no")
        assert failed.code() is grpc.StatusCode.INVALID_ARGUMENT
        watch = aiter(channel.unary_stream(f"{HEALTH}/Watch")(named))
        assert await anext(watch) == b"\x08\x01"
        server.ready(False)
        assert await anext(watch) == b"\x08\x02"
        assert service().encode() in await channel.unary_unary(f"{HEALTH}/List")(b"")
        await server.stop(5)
        with pytest.raises(grpc.aio.AioRpcError):
            await anext(watch)


async def test_what_is_in_flight_finishes_and_nothing_new_is_taken() -> None:
    class Slow(ShelfAnswer):
        async def put(self, book: Book) -> None:
            started.set()
            await go_on.wait()

    started, go_on = asyncio.Event(), asyncio.Event()
    server = server_of(bound(Slow()))
    address = await server.start()
    server.ready(True)
    async with channels() as lines:
        caller: Shelf = remote([address], lines).caller  # type: ignore[assignment]
        call = asyncio.create_task(caller.put(Book(title="a")))  # type: ignore[arg-type]
        await started.wait()
        stopping = asyncio.create_task(server.stop(20))
        await asyncio.sleep(0)
        with pytest.raises(Unavailable, match="Shelf cannot be reached"):
            await caller.put(Book(title="b"))
        go_on.set()
        await call
        assert await stopping == 0


async def test_what_does_not_finish_in_time_is_cut_off_and_reported() -> None:
    answer = ShelfAnswer()
    server = server_of(bound(answer))
    address = await server.start()
    server.ready(True)
    async with channels() as lines:
        caller: Shelf = remote([address], lines).caller  # type: ignore[assignment]
        with deadline(30):
            call = asyncio.create_task(caller.hang())
            while "began" not in answer.log:
                await asyncio.sleep(0.002)
            assert await server.stop(0.05) == 1
            with pytest.raises((Unavailable, Internal)):
                await call
            while answer.log != ["began", "ended"]:  # whoever is cut off may be told before its answerer is over
                await asyncio.sleep(0.002)


async def test_a_watcher_of_reflection_does_not_hold_up_a_drain() -> None:
    server = server_of(bound(ShelfAnswer()))
    address = await server.start()
    async with grpc.aio.insecure_channel(address) as channel:
        call = channel.stream_stream("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")()
        await call.write(b"\x3a\x00")
        assert service().encode() in await call.read()
        with deadline(10):
            assert await server.stop(60) == 0


async def test_a_taken_port_is_refused_and_never_shared() -> None:
    async with serving(bound(ShelfAnswer())) as address:
        with pytest.raises(Refused) as refused:
            await server_of(bound(ShelfAnswer()), address, edge="grpc", setting="PANGAEA_GRPC_PORT").start()
        (refusal,) = refused.value.refusals
        assert isinstance(refusal, PortTaken)
        assert "PANGAEA_GRPC_PORT" in str(refused.value)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(Refused):
            await server_of(bound(ShelfAnswer()), f"127.0.0.1:{other.getsockname()[1]}").start()


async def test_a_socket_file_is_taken_while_somebody_answers_and_free_when_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "run" / "shelf.sock"
    address = f"unix:{path}"
    async with serving(bound(ShelfAnswer()), address), channels() as lines:
        caller: Shelf = remote([address], lines).caller  # type: ignore[assignment]
        assert (await caller.find("a")).title == "a"
        with pytest.raises(Refused, match="is taken"):
            await server_of(bound(ShelfAnswer()), address).start()
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as dead:  # a file that a killed process leaves
        dead.bind(str(path))
    async with serving(bound(ShelfAnswer()), address):
        pass


@pytest.mark.parametrize("address", ["192.0.2.1:0", "127.0.0.1:99999", "no such host:1", f"unix:/tmp/{'x' * 120}"])
async def test_an_address_that_is_not_ours_is_refused_with_its_reason(address: str) -> None:
    with pytest.raises(Refused) as refused:
        await server_of(bound(ShelfAnswer()), address).start()
    assert isinstance(refused.value.refusals[0], CannotListen)


async def test_a_peer_that_gives_up_a_call_is_unavailable_and_says_no_more() -> None:
    async def give_up(request: bytes, context: Any) -> bytes:
        await context.abort(grpc.StatusCode.CANCELLED, "the inner secret")
        return b""

    handler = grpc.unary_unary_rpc_method_handler(give_up)
    service = bound(ShelfAnswer()).spec.service
    server = grpc.aio.server()
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(service, {"Put": handler})])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with channels() as lines:
            caller: Shelf = remote([f"127.0.0.1:{port}"], lines).caller  # type: ignore[assignment]
            with pytest.raises(Unavailable, match=r"^Shelf cannot be reached$"):
                await caller.put(Book(title="a"))
    finally:
        await server.stop(None)
