"""Contract-first: somebody else's .proto becomes a contract, names and numbers kept."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

from app import Refused
from app.calling.schema.docs import text_of
from app.calling.schema.schema import Schema
from app.cli.contracts import check, import_proto, write
from app.cli.foreign import compile_foreign
from app.cli.foreign_types import same
from app.module.spec import spec_of
from app.telling.refusals.contracts import ContractThere, ForeignUnreadable, ForeignUnsayable
from tests.own_modules import own_modules

SHOP = Path(__file__).parent / "foreign" / "shop.proto"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """An empty project."""
    with own_modules(tmp_path, {}):
        yield tmp_path


@pytest.fixture
def acme(project: Path) -> ModuleType:
    import_proto(SHOP, project / "modules" / "acme")
    return importlib.import_module("modules.acme.contract")


def theirs() -> dict[str, FileDescriptorProto]:
    return compile_foreign(SHOP)


def test_the_contract_is_theirs_to_the_last_number(acme: ModuleType) -> None:
    schema = Schema()
    schema.add_all([spec_of(acme.ShopService), spec_of(acme.Pinger)])
    assert same(theirs()["shop.proto"], schema.files["modules/acme/contract.proto"]) == ""
    money = schema.files["modules/acme/contract.acme.money.proto"]
    assert [message.name for message in money.message_type] == ["Money"]  # what nothing needs is left out


def test_the_locks_are_what_the_code_says(acme: ModuleType, project: Path) -> None:
    written = write(project)
    assert written.changed == ()
    assert [path.name for path in written.unchanged] == ["contract.acme.money.proto", "contract.proto"]
    assert check(project).note == "not compared with anything older: there is no git repository here"


def test_importing_again_gives_the_same_files(acme: ModuleType, project: Path) -> None:
    before = {path: path.read_text() for path in (project / "modules" / "acme").glob("contract*")}
    with pytest.raises(Refused, match="is there already") as caught:
        import_proto(SHOP, project / "modules" / "acme")
    assert isinstance(caught.value.refusals[0], ContractThere)
    import_proto(SHOP, project / "modules" / "acme", replace=True)
    assert {path: path.read_text() for path in (project / "modules" / "acme").glob("contract*")} == before


def test_values_cross_to_their_classes_and_back(acme: ModuleType) -> None:
    schema = Schema()
    schema.add(spec_of(acme.ShopService))
    pool = DescriptorPool()
    for file in theirs().values():
        pool.AddSerializedFile(file.SerializeToString())
    their_item: Any = GetMessageClass(pool.FindMessageTypeByName("acme.shop.v1.Item"))
    struct = acme.Struct({"a": acme.Value(number_value=1.5), "b": acme.Value(struct_value=acme.Struct())})
    item = acme.Item(
        id="x", from_=3, maybe=0, parts=(acme.ItemPart("p", kind=acme.ItemPartKind.GOOD),), by_number={-1: 0.5},
        un=acme.Unprefixed.UNO, pay=acme.Cash(), struct=struct, nick=acme.StringValue("n"), any=acme.Any("u", b"v"),
        mask=acme.FieldMask(("a", "b")), price=acme.Money("EUR", 5), message=acme.AcmeShopV1Message(True),
        nothing=acme.Empty(), bytes_="b",
    )  # fmt: skip
    raw = their_item.FromString(schema.codec(acme.Item).encode(item))
    assert (raw.id, getattr(raw, "from"), raw.parts[0].kind, raw.WhichOneof("pay")) == ("x", 3, 5, "cash_money")
    assert dict(raw.struct) == {"a": 1.5, "b": {}}
    assert schema.codec(acme.Item).decode(raw.SerializeToString()) == item
    assert schema.codec(acme.Struct).check(struct) == struct


def test_comments_become_docstrings(acme: ModuleType) -> None:
    assert acme.ShopService.__doc__ == 'Sells things.\n\n    Two "paragraphs" \\ here.\n    '
    assert acme.ShopService.get_item.__doc__ == "Get one."
    schema = Schema()
    schema.add(spec_of(acme.ShopService))
    text = text_of(schema, schema.units["modules/acme/contract.proto"])
    assert "  // Its id.\n  string id = 1;\n  // beside\n  int32 from = 7;" in text


def test_a_file_without_services_keeps_its_package(project: Path) -> None:
    source = project / "point.proto"
    source.write_text('syntax = "proto3"; package geo.v1; message Point { double x = 4; }')
    written = import_proto(source, project / "modules" / "geo")
    assert [path.name for path in written.locks] == ["contract.geo.v1.proto"]
    assert write(project).changed == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('syntax = "proto2"; message A { required string x = 1; }', "old.proto is proto2, not proto3."),
        ("message A { optional string x = 1; }", "old.proto is proto2, not proto3."),
        ('edition = "2023"; message A { string x = 1; }', "old.proto is editions, not proto3."),
        ('syntax = "proto3"; message A { map<bool, string> x = 1; }', "A.x in old.proto is a map by bool"),
        ('syntax = "proto3"; message A { string __x = 1; }', "A.__x in old.proto begins with two underscores"),
        ('syntax = "proto3"; service S {}', "S in old.proto has no methods"),
    ],
)
def test_what_a_contract_cannot_say_is_refused_by_name(project: Path, text: str, said: str) -> None:
    source = project / "old.proto"
    source.write_text(text)
    with pytest.raises(Refused) as caught:
        import_proto(source, project / "modules" / "old")
    assert isinstance(caught.value.refusals[0], ForeignUnsayable)
    assert said in str(caught.value)
    assert not (project / "modules" / "old").exists()


def test_a_file_that_protoc_refuses_is_refused_with_its_words(project: Path) -> None:
    source = project / "bad.proto"
    source.write_text('syntax = "proto3"; message A { Nothing x = 1; }')
    with pytest.raises(Refused, match=r'"Nothing" is not defined') as caught:
        import_proto(source, project / "modules" / "bad")
    assert isinstance(caught.value.refusals[0], ForeignUnreadable)


def test_a_file_that_is_not_there_is_refused(project: Path) -> None:
    with pytest.raises(Refused, match="there is no such file"):
        import_proto(project / "none.proto", project / "modules" / "none")
