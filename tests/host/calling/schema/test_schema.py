"""Who owns which name, in which file, and what is read when."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from app import Contract, Int32, Message, Refused, command, query
from app.calling.schema.lock import no_lock
from app.calling.schema.schema import Schema
from app.module.spec import spec_of
from app.telling.refusals.contracts import NameTaken
from tests.own_modules import own_modules

from .local_types import Early, Known, make_late

MONEY = """
from app import Contract, Message, command
class Money(Message):
    units: int
class Unused(Message):
    x: int
class Currency(Contract, service="shop.v1.CurrencyService"):
    @command()
    async def convert(self, money: Money, to: str) -> Money: ...
"""
CART = """
from app import Contract, FailedPrecondition, Message, command
from modules.money.contract import Money
class Line(Message):
    price: Money
class CartFull(FailedPrecondition):
    most: Money
class Cart(Contract, service="shop.v1.CartService"):
    @command(raises=[CartFull])
    async def add(self, line: Line) -> None: ...
"""


@contextmanager
def modules(folder: Path, **texts: str) -> Iterator[Mapping[str, Any]]:
    files = {f"{name}/{file}": text for name, text in texts.items() for file, text in
             (("__init__.py", ""), ("contract.py", text))}  # fmt: skip
    with own_modules(folder, files):
        yield {name: import_module(f"modules.{name}.contract") for name in texts}


def test_messages_belong_to_the_file_that_declares_them(tmp_path: Path) -> None:
    with modules(tmp_path, money=MONEY, cart=CART) as found:
        schema = Schema()
        schema.add(spec_of(found["cart"].Cart))
    ours = {path: file for path, file in schema.files.items() if path.startswith("modules/")}
    money, cart = ours["modules/money/contract.proto"], ours["modules/cart/contract.proto"]
    assert [message.name for message in money.message_type] == ["ConvertRequest", "Money", "Unused"]
    assert [message.name for message in cart.message_type] == ["Line", "CartFull"]
    assert list(cart.dependency) == ["google/protobuf/empty.proto", "modules/money/contract.proto"]
    assert {money.package, cart.package} == {"shop.v1"}
    assert list(schema.files)[-2:] == list(ours)  # what is imported comes first


def test_a_file_is_the_same_whoever_asks_first(tmp_path: Path) -> None:
    with modules(tmp_path, money=MONEY, cart=CART) as found:
        one, other = Schema(), Schema()
        one.add_all([spec_of(found["cart"].Cart), spec_of(found["money"].Currency)])
        other.add(spec_of(found["money"].Currency))
        other.add(spec_of(found["cart"].Cart))
    assert dict(one.files) == dict(other.files)


def test_two_files_of_one_package_cannot_claim_a_name(tmp_path: Path) -> None:
    thief = CART.replace("class Line(Message):\n    price: Money", "class Unused(Message):\n    price: Money").replace(
        "Line", "Unused"
    )
    with modules(tmp_path, money=MONEY, cart=thief) as found:
        schema = Schema()
        with pytest.raises(Refused) as caught:
            schema.add(spec_of(found["cart"].Cart))
    (refusal,) = caught.value.refusals
    assert isinstance(refusal, NameTaken)
    assert refusal.name == "shop.v1.Unused"
    assert {refusal.first, refusal.second} == {"modules.money.contract.Unused", "modules.cart.contract.Unused"}


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    bad = "from app import Contract, Message, command\nclass A(Message):\n    x: list[int]\n    y: object\n" + (
        "class C(Contract):\n    @command()\n    async def put(self, a: A, b: set[int]) -> None: ...\n"
    )
    with modules(tmp_path, bad=bad) as found, pytest.raises(Refused) as caught:
        Schema().add(spec_of(found["bad"].C))
    assert [refusal.says().partition(" ")[0] for refusal in caught.value.refusals] == ["C.put.b", "A.x", "A.y"]


class Item(Message):
    id: str
    count: Int32 = 1


class Left(Contract, service="pair.Left"):
    @query()
    async def get(self, id: str) -> Item: ...


class Right(Contract, service="pair.Right"):
    @query()
    async def get(self, id: str) -> Item: ...


def test_requests_of_one_name_and_shape_share_a_message() -> None:
    schema = Schema(no_lock)
    schema.add_all([spec_of(Left), spec_of(Right)])
    codecs = [schema.request_codec(spec_of(contract).methods["get"]) for contract in (Left, Right)]
    assert [codec.full_name for codec in codecs] == ["pair.GetRequest"] * 2
    for contract, codec in zip((Left, Right), codecs, strict=True):
        made = spec_of(contract).methods["get"].request(id="x")
        assert codec.decode(codec.encode(made)) == made


def test_classes_of_functions_are_read_when_they_come() -> None:
    schema = Schema(no_lock)
    schema.add(spec_of(Early))
    late, lately = make_late()
    schema.add(spec_of(lately))
    value: Any = late(known=Known("x"))  # type: ignore[call-arg]
    assert schema.check(value) == value
    assert schema.full_name(late) == "local.Late"


def test_a_service_of_a_bare_module_is_named_after_it() -> None:
    class Plain(Contract):
        @command()
        async def put(self, item: Item) -> None: ...

    assert spec_of(Plain).service == "test_schema.Plain"
    Schema(no_lock).add(spec_of(Plain))


def test_the_codec_of_what_was_never_added_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        Schema(no_lock).codec(Item)


class Outer(Message):
    class Inner(Message):
        x: int

    inner: Inner


class Holder(Contract, service="nest.Holder"):
    @command()
    async def put(self, outer: Outer) -> None: ...


def test_a_message_inside_a_message_is_nested() -> None:
    schema = Schema(no_lock)
    schema.add(spec_of(Holder))
    assert schema.full_name(Outer.Inner) == f"{schema.full_name(Outer)}.Inner"
    assert schema.check(Outer(Outer.Inner(3))) == Outer(Outer.Inner(3))


def test_the_schema_loads_no_grpc_and_no_protoc() -> None:
    code = (
        "import sys, app.calling.schema.schema; print([m for m in sys.modules if m.startswith(('grpc', 'grpc_tools'))])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
