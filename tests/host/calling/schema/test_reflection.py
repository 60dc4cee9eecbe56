"""Reflection, asked by a client made of nothing but a channel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool

from app.calling.schema.reflection import VERSIONS, Reflection, message_class
from app.calling.schema.schema import Schema
from app.module.spec import spec_of

from .every_type import Things


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
async def address() -> AsyncIterator[str]:
    schema = Schema()
    schema.add(spec_of(Things))
    server = grpc.aio.server()
    server.add_generic_rpc_handlers(Reflection(schema, lambda: ["test.things.Things"]).handlers())
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(None)


@pytest.fixture
async def discreet() -> AsyncIterator[str]:
    """A server that hides its service, as an edge does with what is internal."""
    schema = Schema()
    schema.add(spec_of(Things))
    server = grpc.aio.server()
    server.add_generic_rpc_handlers(Reflection(schema, list, hidden=["test.things.Things"]).handlers())
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(None)


async def ask(address: str, version: str, **question: Any) -> Any:
    request = message_class(version, "ServerReflectionRequest")
    response = message_class(version, "ServerReflectionResponse")
    async with grpc.aio.insecure_channel(address) as channel:
        method = channel.stream_stream(
            f"/{version}.ServerReflection/ServerReflectionInfo",
            request_serializer=request.SerializeToString,
            response_deserializer=response.FromString,
        )
        call = method(iter([request(host="h", **question)]))
        answers = [answer async for answer in call]
    assert len(answers) == 1
    assert answers[0].valid_host == "h"
    return answers[0]


async def test_it_lists_what_is_served_and_itself(address: str, version: str) -> None:
    answer = await ask(address, version, list_services="")
    names = [service.name for service in answer.list_services_response.service]
    assert names == [f"{name}.ServerReflection" for name in VERSIONS] + ["test.things.Things"]


@pytest.mark.parametrize(
    "symbol", ["test.things.Things", "test.things.Things.GetThing", "test.things.Node", "test.things.Colour"]
)
async def test_a_client_can_build_the_service_from_what_it_is_told(address: str, version: str, symbol: str) -> None:
    answer = await ask(address, version, file_containing_symbol=symbol)
    pool = DescriptorPool()
    files = [FileDescriptorProto.FromString(data) for data in answer.file_descriptor_response.file_descriptor_proto]
    assert files[0].package == "test.things"  # what was asked for comes first
    for file in reversed(files):
        pool.AddSerializedFile(file.SerializeToString())
    assert pool.FindServiceByName("test.things.Things").methods_by_name["GetThing"].input_type.name == "GetThingRequest"


async def test_files_can_be_asked_for_by_name(address: str, version: str) -> None:
    answer = await ask(address, version, file_by_filename="google/protobuf/timestamp.proto")
    (data,) = answer.file_descriptor_response.file_descriptor_proto
    assert FileDescriptorProto.FromString(data).package == "google.protobuf"


async def test_it_knows_itself(address: str, version: str) -> None:
    answer = await ask(address, version, file_containing_symbol=f"{version}.ServerReflection")
    (data,) = answer.file_descriptor_response.file_descriptor_proto
    assert FileDescriptorProto.FromString(data).service[0].name == "ServerReflection"


@pytest.mark.parametrize(
    "question",
    [
        {"file_containing_symbol": "no.Such"},
        {"file_by_filename": "no.proto"},
        {"all_extension_numbers_of_type": "no.Such"},
        {"file_containing_extension": {"containing_type": "test.things.Node", "extension_number": 5}},
    ],
)
async def test_what_it_does_not_know_is_not_found(address: str, version: str, question: dict[str, Any]) -> None:
    answer = await ask(address, version, **question)
    assert answer.error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0]
    assert answer.error_response.error_message


async def test_a_type_without_extensions_says_so(address: str, version: str) -> None:
    answer = await ask(address, version, all_extension_numbers_of_type="test.things.Node")
    assert answer.all_extension_numbers_response.base_type_name == "test.things.Node"
    assert list(answer.all_extension_numbers_response.extension_number) == []


async def test_a_question_without_content_is_an_error_and_no_hang(address: str, version: str) -> None:
    answer = await ask(address, version)
    assert answer.error_response.error_code == grpc.StatusCode.INVALID_ARGUMENT.value[0]


@pytest.mark.parametrize("version", VERSIONS)
async def test_bytes_that_are_no_question_are_an_invalid_argument(address: str, version: str) -> None:
    async with grpc.aio.insecure_channel(address) as channel:
        call = channel.stream_stream(f"/{version}.ServerReflection/ServerReflectionInfo")()
        await call.write(b"\x1a\xff\xff\xff\xff\xff")
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await call.read()
    assert failed.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert failed.value.details() == "this is no ServerReflectionRequest"


@pytest.mark.parametrize("symbol", ["test.things.Things", "test.things.Things.GetThing"])
async def test_of_what_is_hidden_nothing_is_known(symbol: str, discreet: str, version: str) -> None:
    answer = await ask(discreet, version, file_containing_symbol=symbol)
    assert answer.error_response.error_code == 5
    assert answer.error_response.error_message == f"nothing is known of {symbol}"


async def test_a_file_is_shown_without_what_is_hidden_in_it(discreet: str, version: str) -> None:
    answer = await ask(discreet, version, file_containing_symbol="test.things.Node")
    files = [FileDescriptorProto.FromString(data) for data in answer.file_descriptor_response.file_descriptor_proto]
    assert "Node" in [message.name for message in files[0].message_type]
    assert [service.name for file in files for service in file.service] == []
    pool = DescriptorPool()
    for file in reversed(files):
        pool.Add(file)
