"""The .proto beside the code is the lock of the numbers."""

from __future__ import annotations

from enum import Enum

import pytest

from app import Contract, Int32, Message, Refused, command
from app.calling.schema.docs import text_of
from app.calling.schema.lock import FieldLock, UnreadableLock, parse
from app.calling.schema.schema import Schema
from app.module.spec import spec_of
from app.telling.refusals.contracts import BadLock, LockBroken


class Shade(Enum):
    NONE = 0
    DARK = 2


class Thing(Message):
    name: str
    price: Int32 = 0
    shade: Shade = Shade.NONE


class Shop(Contract, service="shop.Shop"):
    @command()
    async def put(self, thing: Thing) -> None: ...


HEAD = 'syntax = "proto3"; package shop; '


def schema_with(text: str) -> Schema:
    schema = Schema(lambda path: parse(HEAD + text) if path.endswith("test_lock.proto") else None)
    schema.add(spec_of(Shop))
    return schema


def numbers(schema: Schema, message: str = "Thing") -> dict[str, int]:
    return {field.name: field.number for field in schema.pool.FindMessageTypeByName(f"shop.{message}").fields}


def written(schema: Schema) -> str:
    (unit,) = schema.units.values()
    return text_of(schema, unit)


def test_without_a_file_numbers_follow_the_declared_order() -> None:
    assert numbers(schema_with("")) == {"name": 1, "price": 2, "shade": 3}


def test_fields_keep_their_numbers_wherever_they_stand() -> None:
    lock = "message Thing { Shade shade = 1; int32 price = 2; string name = 9; }"
    assert numbers(schema_with(lock)) == {"name": 9, "price": 2, "shade": 1}


def test_new_fields_take_the_next_free_number() -> None:
    lock = "message Thing { string name = 4; reserved 5, 6 to 8; }"
    assert numbers(schema_with(lock)) == {"name": 4, "price": 9, "shade": 10}


def test_numbers_that_protobuf_keeps_are_stepped_over() -> None:
    assert numbers(schema_with("message Thing { string name = 18999; }")) == {
        "name": 18999,
        "price": 20000,
        "shade": 20001,
    }


def test_where_the_end_is_reserved_gaps_are_filled() -> None:
    lock = "message Thing { string name = 3; reserved 4 to max; reserved 1; }"
    with pytest.raises(Refused, match="reserved"):
        schema_with(lock.replace("reserved 1;", "reserved 'shade';"))
    assert numbers(schema_with(lock.replace("reserved 1; ", ""))) == {"name": 3, "price": 1, "shade": 2}


def test_removed_fields_stay_reserved_by_number_and_name() -> None:
    schema = schema_with(
        "message Thing { string name = 1; int64 weight = 2; reserved 7; reserved 'old'; bytes raw = 3; }"
    )
    text = written(schema)
    assert '  reserved 2 to 3, 7;\n  reserved "old", "weight", "raw";\n\n  string name = 1;\n  int32 price = 8;' in text
    assert numbers(schema_with(text.partition("package shop;")[2])) == numbers(schema)


def test_the_text_is_a_fixed_point() -> None:
    text = written(schema_with("message Thing { Shade shade = 3; string name = 1; }"))
    assert written(schema_with(text.partition("package shop;")[2])) == text


def test_a_locked_enum_keeps_its_spelling() -> None:
    text = written(schema_with("enum Shade { NONE = 0; LIGHT = 1; }"))
    assert '  reserved 1;\n  reserved "LIGHT";\n\n  NONE = 0;\n  DARK = 2;' in text
    assert "  SHADE_NONE = 0;\n  SHADE_DARK = 2;" in written(schema_with(""))


@pytest.mark.parametrize(
    ("lock", "said"),
    [
        ("message Thing { int32 name = 1; }", "Thing.name is string now and was int32 under number 1"),
        ("message Thing { repeated string name = 1; }", "Thing.name is string now and was repeated string"),
        ("message Thing { string shade = 3; }", "Thing.shade is Shade now and was string under number 3"),
        ("message Thing { reserved 'name'; }", "Thing.name was removed and its name is reserved"),
        ("enum Shade { SHADE_NONE = 0; SHADE_DARK = 1; }", "Shade.DARK is 2 now and was 1"),
        ("enum Shade { SHADE_NONE = 0; reserved 2; }", "Shade.DARK was removed and is reserved"),
    ],
)
def test_code_that_contradicts_the_lock_is_refused(lock: str, said: str) -> None:
    with pytest.raises(Refused) as caught:
        schema_with(lock)
    (refusal,) = caught.value.refusals
    assert isinstance(refusal, LockBroken)
    assert said in refusal.says()
    assert "test_lock.proto has it" in refusal.says()


@pytest.mark.parametrize("spelling", ["Shade", "shop.Shade", ".shop.Shade"])
def test_types_may_be_spelled_as_protobuf_scopes_them(spelling: str) -> None:
    assert numbers(schema_with(f"message Thing {{ {spelling} shade = 5; }}"))["shade"] == 5


def test_a_lock_of_another_package_is_refused() -> None:
    schema = Schema(lambda path: parse('syntax = "proto3"; package other;'))
    with pytest.raises(Refused, match="its package is 'other', not 'shop'") as caught:
        schema.add(spec_of(Shop))
    assert isinstance(caught.value.refusals[0], BadLock)


def test_nothing_is_kept_of_what_was_refused() -> None:
    schema = Schema(lambda path: parse('syntax = "proto3"; package other;'))
    with pytest.raises(Refused):
        schema.add(spec_of(Shop))
    assert schema.specs == ()
    assert schema.units == {}


def test_everything_that_proto3_can_write_is_read() -> None:
    lock = parse("""
        // a comment; message No { string x = 1; }
        syntax = 'proto3'; /* and
        another } */
        package a.b; import public "x.proto"; option (my.opt) = { a: [1, 2]; b: "}" };
        option java_package = "x";
        message Outer {
          option deprecated = true;
          oneof kind { string text = 1 [deprecated = true]; Inner inner = 0x2; option (x) = 1; }
          map < string , .a.b.Outer.Inner > by_name = 3;
          optional bytes message = 4; repeated .a.b.Outer.Inner many = 010 [packed = false, (y).z = "]"];
          message Inner { reserved 1 to 3, 9, 20 to max; reserved "a", 'b'; enum Kind { option allow_alias = true; Z = 0; N = -1; reserved -5 to -3; } }
          string reserved_name = 5; ;
        }
        service S { rpc M(stream Outer) returns (Outer) { option idempotency_level = IDEMPOTENT; } rpc N(Outer) returns (Outer); }
        extend google.protobuf.FieldOptions { string z = 50000; }
    """)
    outer, inner, kind = (lock.find(name) for name in ("Outer", "Outer.Inner", "Outer.Inner.Kind"))
    assert lock.package == "a.b"
    assert outer is not None
    assert outer.fields == {
        "text": FieldLock(1, "string"), "inner": FieldLock(2, "Inner"),
        "by_name": FieldLock(3, "map<string, .a.b.Outer.Inner>"), "message": FieldLock(4, "bytes"),
        "many": FieldLock(8, "repeated .a.b.Outer.Inner"), "reserved_name": FieldLock(5, "string"),
    }  # fmt: skip
    assert inner is not None
    assert (inner.reserved, inner.reserved_names) == ([(1, 3), (9, 9), (20, 2**29 - 1)], ["a", "b"])
    assert kind is not None
    assert (kind.fields["N"].number, kind.reserved) == (-1, [(-5, -3)])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("message A {\n string x = ; }", r"';' is no number \(line 2\)"),
        ("message A { string x 1; }", "'1' stands where '=' should"),
        ("message A {", "it ends too early"),
        ("syntax = 'proto2';", "only proto3"),
        ("message A { required string x = 1; }", "'required' is not proto3"),
        ("hello", "'hello' is unexpected"),
        ("\n\n§", r"'§' is unexpected \(line 3\)"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(text: str, said: str) -> None:
    with pytest.raises(UnreadableLock, match=said):
        parse(text)


def test_an_unreadable_lock_is_refused() -> None:
    schema = Schema(lambda path: parse("message {"))
    with pytest.raises(Refused, match=r"test_lock\.proto cannot be read") as caught:
        schema.add(spec_of(Shop))
    assert isinstance(caught.value.refusals[0], BadLock)
