"""Server reflection (grpc.reflection.v1 and v1alpha): what grpcurl and its like ask before they call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any

import grpc
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

from .schema import Schema

VERSIONS = ("grpc.reflection.v1", "grpc.reflection.v1alpha")
_INVALID_ARGUMENT, _NOT_FOUND = 3, 5

_MESSAGES: dict[str, tuple[tuple[str, int, str], ...]] = {
    "ServerReflectionRequest": (
        ("host", 1, "string"),
        ("file_by_filename", 3, "string message_request"),
        ("file_containing_symbol", 4, "string message_request"),
        ("file_containing_extension", 5, "ExtensionRequest message_request"),
        ("all_extension_numbers_of_type", 6, "string message_request"),
        ("list_services", 7, "string message_request"),
    ),
    "ExtensionRequest": (("containing_type", 1, "string"), ("extension_number", 2, "int32")),
    "ServerReflectionResponse": (
        ("valid_host", 1, "string"),
        ("original_request", 2, "ServerReflectionRequest"),
        ("file_descriptor_response", 4, "FileDescriptorResponse message_response"),
        ("all_extension_numbers_response", 5, "ExtensionNumberResponse message_response"),
        ("list_services_response", 6, "ListServiceResponse message_response"),
        ("error_response", 7, "ErrorResponse message_response"),
    ),
    "FileDescriptorResponse": (("file_descriptor_proto", 1, "*bytes"),),
    "ExtensionNumberResponse": (("base_type_name", 1, "string"), ("extension_number", 2, "*int32")),
    "ListServiceResponse": (("service", 1, "*ServiceResponse"),),
    "ServiceResponse": (("name", 1, "string"),),
    "ErrorResponse": (("error_code", 1, "int32"), ("error_message", 2, "string")),
}
"""Name, number and type; `*` repeats, a second word is the oneof. The protocol's own, the same in both versions."""


class Reflection:
    """Answers reflection's questions from a schema's files.

    services: tells the full names of what is served now. others: files of services that no contract declares, such as
    grpc.health.v1, imported ones first. hidden: full names of services that whoever asks here is to know nothing of.
    """

    def __init__(
        self,
        schema: Schema,
        services: Callable[[], Sequence[str]],
        others: Iterable[FileDescriptorProto] = (),
        hidden: Collection[str] = (),
    ) -> None:
        self._schema, self._services, self._hidden = schema, services, hidden
        self._pool = DescriptorPool()
        self._others = {file.name: file for file in (*others, *(_file(version) for version in VERSIONS))}
        for file in self._others.values():
            self._pool.AddSerializedFile(file.SerializeToString())

    def handlers(self) -> tuple[grpc.GenericRpcHandler, ...]:
        """The handlers of both versions, for `server.add_generic_rpc_handlers`."""
        return tuple(self._handler(version) for version in VERSIONS)

    def _handler(self, version: str) -> grpc.GenericRpcHandler:
        request = message_class(version, "ServerReflectionRequest")
        response = message_class(version, "ServerReflectionResponse")

        async def info(requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[Any]:
            async for data in requests:
                question = _read(request, data)
                if question is None:
                    await context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"this is no {request.DESCRIPTOR.name}")
                    return
                yield self._answer(question, response)

        method = grpc.stream_stream_rpc_method_handler(info, response_serializer=response.SerializeToString)
        return grpc.method_handlers_generic_handler(f"{version}.ServerReflection", {"ServerReflectionInfo": method})

    def _answer(self, request: Any, response: Any) -> Any:
        asked = request.WhichOneof("message_request")
        out = response(valid_host=request.host, original_request=request)
        try:
            if asked == "list_services":
                listed = out.list_services_response
                listed.SetInParent()
                for name in sorted({*self._services(), *(f"{version}.ServerReflection" for version in VERSIONS)}):
                    listed.service.add(name=name)
            elif asked == "file_by_filename":
                out.file_descriptor_response.file_descriptor_proto.extend(self._closure(request.file_by_filename))
            elif asked == "file_containing_symbol":
                symbol = request.file_containing_symbol
                if any(f"{symbol}.".startswith(f"{service}.") for service in self._hidden):
                    raise KeyError(symbol)
                path = self._find(lambda pool: _file_of(pool, symbol))
                out.file_descriptor_response.file_descriptor_proto.extend(self._closure(path))
            elif asked == "all_extension_numbers_of_type":
                name = request.all_extension_numbers_of_type
                self._find(
                    lambda pool: pool.FindMessageTypeByName(name)
                )  # proto3 has no extensions: the type, no number
                out.all_extension_numbers_response.base_type_name = name
            elif asked == "file_containing_extension":
                raise KeyError(request.file_containing_extension.containing_type)
            else:
                _error(out, _INVALID_ARGUMENT, "the request asks nothing")
        except KeyError:
            _error(out, _NOT_FOUND, f"nothing is known of {getattr(request, asked)!s}".strip())
        return out

    def _find(self, find: Callable[[DescriptorPool], Any]) -> Any:
        try:
            return find(self._schema.pool)
        except KeyError:
            return find(self._pool)

    def _closure(self, path: str) -> list[bytes]:
        """A file and all that it imports, itself first. Raises KeyError."""
        out: dict[str, bytes] = {}
        todo = [path]
        while todo:
            name = todo.pop(0)
            if name not in out:
                file = self._schema.files.get(name) or self._others[name]
                out[name] = self._shown(file).SerializeToString()
                todo += file.dependency
        return list(out.values())

    def _shown(self, file: FileDescriptorProto) -> FileDescriptorProto:
        """A file without the services that are hidden."""
        kept = [service for service in file.service if f"{file.package}.{service.name}" not in self._hidden]
        if len(kept) == len(file.service):
            return file
        shown = FileDescriptorProto()
        shown.CopyFrom(file)
        del shown.service[:]
        shown.service.extend(kept)
        return shown


def _read(request: Any, data: bytes) -> Any:
    """The request; None for bytes that are none. Read here and not by gRPC, which would say what broke inside."""
    try:
        return request.FromString(data)
    except DecodeError:
        return None


def _file_of(pool: DescriptorPool, symbol: str) -> str:
    """The path of the file that defines a type, a service, a method or a field. Raises KeyError."""
    try:
        return pool.FindFileContainingSymbol(symbol).name
    except KeyError:
        owner, _, member = symbol.rpartition(".")
        file = pool.FindFileContainingSymbol(owner)
        name = owner.removeprefix(f"{file.package}.")
        if name in file.services_by_name and member in file.services_by_name[name].methods_by_name:
            return file.name
        if member in pool.FindMessageTypeByName(owner).fields_by_name:
            return file.name
        raise


def _error(out: Any, code: int, message: str) -> None:
    out.error_response.error_code = code
    out.error_response.error_message = message


@lru_cache(maxsize=8)
def message_class(version: str, name: str) -> Any:
    """A message of the reflection protocol, such as ServerReflectionRequest of grpc.reflection.v1."""
    return GetMessageClass(_pool(version).FindMessageTypeByName(f"{version}.{name}"))


@lru_cache(maxsize=2)
def _pool(version: str) -> DescriptorPool:
    pool = DescriptorPool()
    pool.AddSerializedFile(_file(version).SerializeToString())
    return pool


def _file(version: str) -> FileDescriptorProto:
    file = FileDescriptorProto(name=f"{version.replace('.', '/')}/reflection.proto", package=version, syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            kind, _, oneof = kind.partition(" ")
            made = message.field.add(name=field, number=number, label=FieldDescriptorProto.LABEL_OPTIONAL)
            if kind.startswith("*"):
                made.label = FieldDescriptorProto.LABEL_REPEATED
            scalar = f"TYPE_{kind.lstrip('*').upper()}"
            if scalar in FieldDescriptorProto.Type.keys():  # noqa: SIM118  # the enum's wrapper is no mapping
                made.type = FieldDescriptorProto.Type.Value(scalar)
            else:
                made.type = FieldDescriptorProto.TYPE_MESSAGE
                made.type_name = f".{version}.{kind.lstrip('*')}"
            if oneof:
                if not message.oneof_decl:
                    message.oneof_decl.add(name=oneof)
                made.oneof_index = 0
    service = file.service.add(name="ServerReflection")
    service.method.add(
        name="ServerReflectionInfo",
        input_type=f".{version}.ServerReflectionRequest",
        output_type=f".{version}.ServerReflectionResponse",
        client_streaming=True,
        server_streaming=True,
    )
    return file
