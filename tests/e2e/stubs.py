"""Clients of others: their messages and stubs, made by protoc from their own copy of the interface."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from grpc_tools import protoc

PROTO = Path(__file__).parent / "hipstershop.proto"


def generate(folder: Path) -> None:
    """Write their `hipstershop_pb2.py` and `hipstershop_pb2_grpc.py` into a folder."""
    words = [f"-I{PROTO.parent}", f"--python_out={folder}", f"--grpc_python_out={folder}", str(PROTO)]
    assert protoc.main(["protoc", *words]) == 0


def load(folder: Path) -> tuple[Any, Any]:
    """The two modules of a folder, imported."""
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module("hipstershop_pb2"), importlib.import_module("hipstershop_pb2_grpc")
    finally:
        sys.path.remove(str(folder))


@dataclass(frozen=True)
class Stubs:
    """A channel and the stubs on it: `stubs.CartService.GetCart(stubs.pb.GetCartRequest(user_id="x"))`."""

    pb: Any
    services: Any
    channel: grpc.Channel

    def __getattr__(self, service: str) -> Any:
        return getattr(self.services, f"{service}Stub")(self.channel)

    def call(self, service: str, method: str, said: dict[str, Any], **options: Any) -> Any:
        """Call a method of the shop with what a request says, as plain values."""
        descriptor = self.pb.DESCRIPTOR.services_by_name[f"{service}Service"].methods_by_name[method]
        request = getattr(self.pb, descriptor.input_type.name)(**said)
        return getattr(getattr(self, f"{service}Service"), method)(request, **{"timeout": 60, **options})
