"""The names and numbers of our messages and services are those of the shop's interface as others have it."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc

from app.calling.schema.schema import Schema
from app.module.spec import spec_of
from modules.ads.contract import Ads
from modules.cart.contract import Carts
from modules.catalog.contract import Catalog
from modules.checkout.contract import Checkout
from modules.currency.contract import Currency
from modules.email.contract import Emails
from modules.payment.contract import Payments
from modules.recommendation.contract import Recommendations
from modules.shipping.contract import Shipping

PROTO = Path(__file__).parent / "hipstershop.proto"
CONTRACTS = (Ads, Carts, Catalog, Checkout, Currency, Emails, Payments, Recommendations, Shipping)
SERVICES = re.findall(r"^service (\w+)", PROTO.read_text(), re.MULTILINE)
MESSAGES = re.findall(r"^message (\w+)", PROTO.read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def their_files(tmp_path_factory: pytest.TempPathFactory) -> Any:
    out = tmp_path_factory.mktemp("set") / "hipstershop.bin"
    assert protoc.main(["protoc", f"-I{PROTO.parent}", f"--descriptor_set_out={out}", str(PROTO)]) == 0
    return FileDescriptorSet.FromString(out.read_bytes()).file


@pytest.fixture(scope="module")
def theirs(their_files: Any) -> dict[str, list[tuple[object, ...]]]:
    return _read(their_files)


@pytest.fixture(scope="module")
def schema() -> Schema:
    schema = Schema()
    schema.add_all([spec_of(contract) for contract in CONTRACTS])
    return schema


@pytest.fixture(scope="module")
def ours(schema: Schema) -> dict[str, list[tuple[object, ...]]]:
    return _read(schema.files.values())


def _read(files: Any) -> dict[str, list[tuple[object, ...]]]:
    """Full name -> fields as (number, name, type, repeated), or methods as (name, request, result)."""
    found: dict[str, list[tuple[object, ...]]] = {}
    repeated = descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED
    for file in files:
        for message in file.message_type:
            found[f"{file.package}.{message.name}"] = sorted(
                (field.number, field.name, field.type, field.type_name, field.label == repeated)
                for field in message.field
            )
        for service in file.service:
            found[f"{file.package}.{service.name}"] = sorted(
                (method.name, method.input_type, method.output_type, method.client_streaming, method.server_streaming)
                for method in service.method
            )
    return found


def test_every_service_and_message_is_looked_at() -> None:
    assert (len(SERVICES), len(MESSAGES)) == (9, 32)
    assert {f"hipstershop.{name}" for name in SERVICES} == {contract.__service__ for contract in CONTRACTS}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_their_methods(service: str, ours: Any, theirs: Any) -> None:
    name = f"hipstershop.{service}"
    assert set(theirs[name]) <= set(ours[name])
    own = {method[0] for method in ours[name]} - {method[0] for method in theirs[name]}
    assert own <= {"TakeOver", "Refund"}, "what ours can do besides"


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_has_their_fields_under_their_numbers(message: str, ours: Any, theirs: Any) -> None:
    assert ours[f"hipstershop.{message}"] == theirs[f"hipstershop.{message}"]


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_has_the_same_bytes_on_both_sides(message: str, schema: Schema, their_files: Any) -> None:
    theirs, ours = (_class(files, message) for files in (their_files, schema.files.values()))
    seeded = random.Random(message)
    for _ in range(20):
        sent = theirs()
        _fill(sent, seeded)
        data = sent.SerializeToString(deterministic=True)
        assert ours.FromString(data).SerializeToString(deterministic=True) == data


def _class(files: Any, message: str) -> Any:
    pool = descriptor_pool.DescriptorPool()
    waiting = list(files)
    while waiting:  # a pool takes a file after those that it imports
        file = next(one for one in waiting if not set(one.dependency) & {other.name for other in waiting})
        waiting.remove(file)
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"hipstershop.{message}"))


def _fill(message: Any, seeded: random.Random) -> None:
    """Anything that the fields can hold, in some of them."""
    values = {"string": lambda: seeded.choice(["", "x", "Zürich 🧦", "\x00\n"])}
    for field in message.DESCRIPTOR.fields:
        times = seeded.randint(0, 2) if field.is_repeated else seeded.randint(0, 1)
        for _ in range(times):
            if field.message_type is not None:
                one = getattr(message, field.name)
                inner = one.add() if field.is_repeated else one
                inner.SetInParent()
                _fill(inner, seeded)
                continue
            bits = 63 if field.type == field.TYPE_INT64 else 31
            value = values["string"]() if field.type == field.TYPE_STRING else seeded.randint(-(2**bits), 2**bits - 1)
            if field.is_repeated:
                getattr(message, field.name).append(value)
            else:
                setattr(message, field.name, value)
