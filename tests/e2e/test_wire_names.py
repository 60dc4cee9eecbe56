"""The names and numbers of our messages and services are those of the shop's interface as others have it."""

from __future__ import annotations

from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc

from app.calling.schema.schema import Schema
from app.module.spec import spec_of
from modules.cart.contract import Carts
from modules.catalog.contract import Catalog
from modules.currency.contract import Currency


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    out = tmp_path_factory.mktemp("set") / "hipstershop.bin"
    here = Path(__file__).parent
    assert protoc.main(["protoc", f"-I{here}", f"--descriptor_set_out={out}", str(here / "hipstershop.proto")]) == 0
    return _read(FileDescriptorSet.FromString(out.read_bytes()).file)


@pytest.fixture(scope="module")
def ours() -> dict[str, object]:
    schema = Schema()
    schema.add_all([spec_of(Catalog), spec_of(Currency), spec_of(Carts)])
    return _read(schema.files.values())


def _read(files) -> dict[str, object]:
    """Full name -> fields as (number, name, type, repeated), or methods as (name, request, result)."""
    found: dict[str, object] = {}
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


@pytest.mark.parametrize("service", ["ProductCatalogService", "CurrencyService", "CartService"])
def test_a_service_has_their_methods(service: str, ours, theirs) -> None:
    assert ours[f"hipstershop.{service}"] == theirs[f"hipstershop.{service}"]


@pytest.mark.parametrize(
    "message",
    [
        "Empty",
        "CartItem",
        "AddItemRequest",
        "EmptyCartRequest",
        "GetCartRequest",
        "Cart",
        "Product",
        "ListProductsResponse",
        "GetProductRequest",
        "SearchProductsRequest",
        "SearchProductsResponse",
        "Money",
        "GetSupportedCurrenciesResponse",
        "CurrencyConversionRequest",
    ],
)
def test_a_message_has_their_fields_under_their_numbers(message: str, ours, theirs) -> None:
    assert ours[f"hipstershop.{message}"] == theirs[f"hipstershop.{message}"]
