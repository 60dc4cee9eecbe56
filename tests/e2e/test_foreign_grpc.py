"""Clients written by others, with stubs that protoc made from their own copy of the interface."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_tools import protoc

from .shop import Shop, serving


@pytest.fixture(scope="module")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Any, Any]]:
    """Their messages and stubs."""
    folder = tmp_path_factory.mktemp("stubs")
    here = Path(__file__).parent
    words = [f"-I{here}", f"--python_out={folder}", f"--grpc_python_out={folder}", str(here / "hipstershop.proto")]
    assert protoc.main(["protoc", *words]) == 0
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module("hipstershop_pb2"), importlib.import_module("hipstershop_pb2_grpc")
    finally:
        sys.path.remove(str(folder))


@pytest.fixture(scope="module", params=["monolith", "microservices"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Shop]:
    with serving(request.param, tmp_path_factory.mktemp("shop")) as shop:
        yield shop


@pytest.fixture
def channel(shop: Shop) -> Generator[grpc.Channel]:
    with grpc.insecure_channel(shop.grpc) as channel:
        yield channel


def test_the_catalogue_lists_finds_and_searches(channel: grpc.Channel, stubs) -> None:
    pb, services = stubs
    catalog = services.ProductCatalogServiceStub(channel)
    products = catalog.ListProducts(pb.Empty(), timeout=10).products
    assert [product.id for product in products][:2] == ["OLJCESPC7Z", "66VCHSJNUP"]
    assert len(products) == 9
    watch = catalog.GetProduct(pb.GetProductRequest(id="1YMWWN1N4O"), timeout=10)
    assert (watch.price_usd.units, watch.price_usd.nanos, list(watch.categories)) == (109, 990000000, ["accessories"])
    found = catalog.SearchProducts(pb.SearchProductsRequest(query="KITCHEN"), timeout=10).results
    assert [product.id for product in found] == ["LS4PSXUNUM", "9SIQT8TOJO"]


def test_an_unknown_product_is_not_found_by_its_id(channel: grpc.Channel, stubs) -> None:
    pb, services = stubs
    with pytest.raises(grpc.RpcError) as failed:
        services.ProductCatalogServiceStub(channel).GetProduct(pb.GetProductRequest(id="x"), timeout=10)
    assert failed.value.code() is grpc.StatusCode.NOT_FOUND
    assert failed.value.details() == "no product with ID x"


def test_money_is_converted(channel: grpc.Channel, stubs) -> None:
    pb, services = stubs
    currency = services.CurrencyServiceStub(channel)
    assert len(currency.GetSupportedCurrencies(pb.Empty(), timeout=10).currency_codes) == 33
    request = pb.CurrencyConversionRequest(to_code="EUR")
    getattr(request, "from").CopyFrom(pb.Money(currency_code="USD", units=19, nanos=990000000))
    euros = currency.Convert(request, timeout=10)
    assert (euros.currency_code, euros.units) == ("EUR", 17)
    assert abs(euros.nanos - 682441398) < 10_000


@pytest.mark.parametrize("broken", ["no from", "no such currency", "signs differ"])
def test_a_wrong_conversion_is_an_invalid_argument(channel: grpc.Channel, stubs, broken: str) -> None:
    pb, services = stubs
    request = pb.CurrencyConversionRequest(to_code="XYZ" if broken == "no such currency" else "EUR")
    if broken != "no from":
        nanos = -1 if broken == "signs differ" else 0
        getattr(request, "from").CopyFrom(pb.Money(currency_code="USD", units=1, nanos=nanos))
    with pytest.raises(grpc.RpcError) as failed:
        services.CurrencyServiceStub(channel).Convert(request, timeout=10)
    assert failed.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    expected = {"no from": "from", "no such currency": "XYZ", "signs differ": "nanos"}[broken]
    assert expected in failed.value.details()


def test_a_cart_is_filled_and_emptied(channel: grpc.Channel, stubs) -> None:
    pb, services = stubs
    carts = services.CartServiceStub(channel)
    for quantity in (2, 3):
        carts.AddItem(pb.AddItemRequest(user_id="u1", item=pb.CartItem(product_id="A", quantity=quantity)), timeout=10)
    cart = carts.GetCart(pb.GetCartRequest(user_id="u1"), timeout=10)
    assert (cart.user_id, [(line.product_id, line.quantity) for line in cart.items]) == ("u1", [("A", 5)])
    carts.EmptyCart(pb.EmptyCartRequest(user_id="u1"), timeout=10)
    assert not carts.GetCart(pb.GetCartRequest(user_id="u1"), timeout=10).items


@pytest.mark.parametrize("quantity", [0, -1, 1001, 2**31 - 1])
def test_a_quantity_out_of_bounds_is_an_invalid_argument(channel: grpc.Channel, stubs, quantity: int) -> None:
    pb, services = stubs
    request = pb.AddItemRequest(user_id="u2", item=pb.CartItem(product_id="A", quantity=quantity))
    with pytest.raises(grpc.RpcError) as failed:
        services.CartServiceStub(channel).AddItem(request, timeout=10)
    assert failed.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "quantity" in failed.value.details()


def test_invalid_bytes_are_an_invalid_argument(channel: grpc.Channel) -> None:
    call = channel.unary_unary("/hipstershop.ProductCatalogService/GetProduct")
    with pytest.raises(grpc.RpcError) as failed:
        call(b"\x0a\xff\xff\xff\xff\xff", timeout=10)
    assert failed.value.code() is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize("path", ["/hipstershop.ProductCatalogService/Nothing", "/hipstershop.Nothing/GetProduct"])
def test_an_unknown_method_is_unimplemented(channel: grpc.Channel, path: str) -> None:
    with pytest.raises(grpc.RpcError) as failed:
        channel.unary_unary(path)(b"", timeout=10)
    assert failed.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_health_is_known_by_service_and_as_a_whole(channel: grpc.Channel) -> None:
    check = channel.unary_unary("/grpc.health.v1.Health/Check")
    for name in (b"", b"hipstershop.CartService"):
        assert check(b"\x0a" + bytes([len(name)]) + name if name else b"", timeout=10) == b"\x08\x01"
    with pytest.raises(grpc.RpcError) as failed:
        check(b"\x0a\x01x", timeout=10)
    assert failed.value.code() is grpc.StatusCode.NOT_FOUND
