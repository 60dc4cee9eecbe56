"""grpc.health.v1: Check, List and Watch for each contract and for the process as a whole ("")."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import grpc
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto

SERVICE = "grpc.health.v1.Health"
_SERVING, _NOT_SERVING, _UNKNOWN = b"\x08\x01", b"\x08\x02", b"\x08\x03"
"""HealthCheckResponse: its one field is the enum status = 1."""


class Health:
    """What this process says about itself. Not serving until `ready` says so."""

    def __init__(self, services: Iterable[str]) -> None:
        self._services = ("", *services)
        self._serving = False
        self._changed = asyncio.Event()
        self._over = False

    def ready(self, serving: bool) -> None:
        """Serve, or stop serving, all contracts; whoever watches is told at once."""
        self._serving = serving
        self._tell()

    def close(self) -> None:
        """Say not serving, and let the watchers' calls end: they would outlast every drain."""
        self._over = True
        self.ready(False)

    def handlers(self) -> grpc.GenericRpcHandler:
        """The service, for a gRPC server."""
        methods = {
            "Check": grpc.unary_unary_rpc_method_handler(self._check),
            "List": grpc.unary_unary_rpc_method_handler(self._list),
            "Watch": grpc.unary_stream_rpc_method_handler(self._watch),
        }
        return grpc.method_handlers_generic_handler(SERVICE, methods)

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _status(self, service: str) -> bytes:
        if service not in self._services:
            return _UNKNOWN
        return _SERVING if self._serving else _NOT_SERVING

    async def _check(self, request: bytes, context: Any) -> bytes:
        status = self._status(await _service(request, context))
        if status is _UNKNOWN:
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such service here")
        return status

    async def _list(self, request: bytes, context: Any) -> bytes:
        """HealthListResponse: map<string, HealthCheckResponse> statuses = 1."""
        entries = b""
        for service in self._services:
            name = service.encode()
            entry = b"\x0a" + _length(name) + name + b"\x12" + _length(self._status(service)) + self._status(service)
            entries += b"\x0a" + _length(entry) + entry
        return entries

    async def _watch(self, request: bytes, context: Any) -> None:
        service = await _service(request, context)
        last = b""
        while True:
            changed, status = self._changed, self._status(service)
            if status != last:
                await context.write(status)
                last = status
            if self._over:
                await context.abort(grpc.StatusCode.UNAVAILABLE, "this server is about to stop")
            await changed.wait()


async def _service(request: bytes, context: Any) -> str:
    """HealthCheckRequest: its one field is the string service = 1."""
    if not request:
        return ""
    length = request[1] if len(request) > 1 else -1
    name = request[2:]
    if request[0] == 0x0A and length > 0x7F and name:  # a name longer than 127 bytes: two bytes of length
        length, name = (length & 0x7F) | name[0] << 7, name[1:]
    if request[0] != 0x0A or len(name) != length:
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "these bytes are no grpc.health.v1.HealthCheckRequest")
    return name.decode("utf-8", "replace")


def _length(data: bytes) -> bytes:
    size = len(data)
    return bytes([size]) if size < 0x80 else bytes([size & 0x7F | 0x80, size >> 7])


def health_file() -> FileDescriptorProto:
    """What reflection tells about the service."""
    file = FileDescriptorProto(name="grpc/health/v1/health.proto", package="grpc.health.v1", syntax="proto3")
    request, response = (
        file.message_type.add(name="HealthCheckRequest"),
        file.message_type.add(name="HealthCheckResponse"),
    )
    once, text, enum = (
        FieldDescriptorProto.LABEL_OPTIONAL,
        FieldDescriptorProto.TYPE_STRING,
        FieldDescriptorProto.TYPE_ENUM,
    )
    request.field.add(name="service", number=1, label=once, type=text)
    kinds = response.enum_type.add(name="ServingStatus")
    for number, name in enumerate(("UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN")):
        kinds.value.add(name=name, number=number)
    status = f".{file.package}.HealthCheckResponse.ServingStatus"
    response.field.add(name="status", number=1, label=once, type=enum, type_name=status)
    file.message_type.add(name="HealthListRequest")
    listed = file.message_type.add(name="HealthListResponse")
    entry = listed.nested_type.add(name="StatusesEntry")
    entry.options.map_entry = True
    message = FieldDescriptorProto.TYPE_MESSAGE
    entry.field.add(name="key", number=1, label=once, type=text)
    entry.field.add(name="value", number=2, label=once, type=message, type_name=f".{file.package}.HealthCheckResponse")
    listed.field.add(name="statuses", number=1, label=FieldDescriptorProto.LABEL_REPEATED, type=message,
                     type_name=f".{file.package}.HealthListResponse.StatusesEntry")  # fmt: skip
    service = file.service.add(name="Health")
    for name, asked in (("Check", "HealthCheck"), ("List", "HealthList"), ("Watch", "HealthCheck")):
        service.method.add(name=name, input_type=f".{file.package}.{asked}Request",
                           output_type=f".{file.package}.{asked}Response", server_streaming=name == "Watch")  # fmt: skip
    return file
