"""What a field can be: annotations read into shapes that protobuf can say. What it cannot say is refused by name."""

from __future__ import annotations

import collections.abc
import datetime
import decimal
import re
import types
import typing
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

from ...module.message import Message
from ...module.numbers import OneOf, Sized

Kind = Literal["scalar", "enum", "message", "timestamp", "duration", "text"]

_SCALARS: dict[Any, str] = {bool: "bool", int: "int64", float: "double", str: "string", bytes: "bytes"}
_TEXTS = (datetime.date, uuid.UUID, decimal.Decimal)
_KEYS = ("string", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32",
         "sfixed64")  # fmt: skip
_SEQUENCES = (list, set, frozenset, collections.abc.Sequence, collections.abc.Iterable, collections.abc.Set)

_PLURAL = re.compile(r"([A-Z]{2,})s(?=[A-Z_]|$)")
_BEFORE_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Unsayable(Exception):
    """Protobuf has no word for this annotation; `why` continues "Class.field …", `cure` says what to write."""

    def __init__(self, why: str, cure: str) -> None:
        super().__init__(why)
        self.why, self.cure = why, cure


@dataclass(frozen=True, slots=True)
class Item:
    """One value: its protobuf scalar (`int32`; `string` for texts) or its Python class, and its constraints."""

    kind: Kind
    proto: str
    python: Any
    metas: tuple[msgspec.Meta, ...] = ()

    @property
    def absent_means_zero(self) -> bool:
        """Whether a value that is not on the wire has a meaning of its own."""
        return self.kind in ("scalar", "enum")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `one` value, `many` (a tuple), a `map` or a `oneof` of tagged Messages."""

    name: str
    wire: str
    holds: Literal["one", "many", "map", "oneof"]
    item: Item | None
    key: Item | None = None
    members: tuple[tuple[str, Item], ...] = ()
    """Of a oneof: name on the wire and value."""
    nullable: bool = False
    metas: tuple[msgspec.Meta, ...] = ()
    """Constraints on the tuple or mapping itself."""
    default: Any = msgspec.NODEFAULT
    factory: Callable[[], Any] | None = None
    group: str = ""
    """The oneof that this field shares with others (`OneOf`)."""

    @property
    def has_default(self) -> bool:
        return self.default is not msgspec.NODEFAULT or self.factory is not None

    @property
    def presence(self) -> bool:
        """Whether the wire tells absent from zero by `optional`; messages do so without the word."""
        if self.holds != "one" or self.group:
            return False
        assert self.item is not None
        if self.item.kind not in ("scalar", "enum", "text"):
            return False
        return self.nullable or (self.has_default and not self.zero_default)

    @property
    def zero_default(self) -> bool:
        """Whether the default is what protobuf means by absence."""
        assert self.item is not None
        return self.item.absent_means_zero and self.factory is None and is_zero(self.default)


def is_zero(value: Any) -> bool:
    """Whether protobuf would not send this value of a scalar or an enum."""
    if isinstance(value, Enum):
        return value.value == 0
    return value in (0, "", b"") and str(value) != "-0.0"


def read_field(name: str, wire: str, annotation: Any, default: Any, factory: Callable[[], Any] | None) -> Field:
    """Read one field. Raises Unsayable."""
    annotation, extras = _peel(annotation)
    nullable = False
    options = _options(annotation)
    if options is not None:
        nullable = type(None) in options
        left = [option for option in options if option is not type(None)]
        if len(left) > 1:
            field = _oneof(name, wire, left, nullable)
            return _defaulted(field, default, factory)
        if not left:
            raise Unsayable("is always None", "leave it out")
        annotation, inner = _peel(left[0])
        extras = (*inner, *extras)
        if _options(annotation) is not None:
            raise Unsayable("is a union in a union", "write one union: `A | B | None`")
    group = next((extra.name for extra in extras if isinstance(extra, OneOf)), "")
    metas = tuple(extra for extra in extras if isinstance(extra, msgspec.Meta))
    origin = get_origin(annotation)
    if origin is tuple or annotation is tuple:
        field = _many(name, wire, annotation, metas)
    elif origin in (collections.abc.Mapping, dict, collections.abc.MutableMapping) or annotation in (
        dict, collections.abc.Mapping
    ):  # fmt: skip
        field = _map(name, wire, annotation, metas)
    else:
        field = Field(name, wire, "one", read_item(annotation, extras))
    if nullable and field.holds != "one":
        word = "tuple" if field.holds == "many" else "mapping"
        raise Unsayable(f"is a {word} or None, and protobuf cannot tell an empty one from none",
                        f"drop the None: an empty {word} says it")  # fmt: skip
    if group and not (field.holds == "one" and nullable):
        raise Unsayable(f"belongs to the oneof {group!r} and is not optional", "write `Annotated[T | None, OneOf(…)]`")
    return _defaulted(replace(field, nullable=nullable, group=group), default, factory)


def read_item(annotation: Any, extras: tuple[Any, ...] = ()) -> Item:
    """Read a single value's type. Raises Unsayable."""
    annotation, inner = _peel(annotation)
    extras = (*inner, *extras)
    metas = tuple(extra for extra in extras if isinstance(extra, msgspec.Meta))
    sized = next((extra.proto for extra in extras if isinstance(extra, Sized)), "")
    if annotation in _SCALARS:
        return Item("scalar", sized or _SCALARS[annotation], annotation, metas)
    if annotation is datetime.datetime:
        return Item("timestamp", "", annotation, metas)
    if annotation is datetime.timedelta:
        return Item("duration", "", annotation, metas)
    if annotation in _TEXTS:
        return Item("text", "string", annotation, metas)
    if isinstance(annotation, type) and issubclass(annotation, Message):
        if annotation is Message:
            raise Unsayable("is a bare Message", "name the Message's class")
        return Item("message", "", annotation, metas)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        _check_enum(annotation)
        return Item("enum", "", annotation, metas)
    raise _unsayable(annotation)


def _many(name: str, wire: str, annotation: Any, metas: tuple[msgspec.Meta, ...]) -> Field:
    arguments = get_args(annotation)
    if len(arguments) != 2 or arguments[1] is not Ellipsis:
        raise Unsayable(f"is {say(annotation)}, and protobuf knows no tuple of fixed length",
                        "write `tuple[T, ...]`, or a Message with named fields")  # fmt: skip
    inner, _ = _peel(arguments[0])
    _no_nesting(inner, "a tuple")
    return Field(name, wire, "many", read_item(arguments[0]), metas=metas)


def _map(name: str, wire: str, annotation: Any, metas: tuple[msgspec.Meta, ...]) -> Field:
    arguments = get_args(annotation)
    if len(arguments) != 2:
        raise Unsayable(f"is {say(annotation)} without its types", "write `Mapping[str, T]`")
    if get_origin(annotation) is not collections.abc.Mapping:
        raise Unsayable(f"is {say(annotation)}, which can change in its holder's hands", "write `Mapping[str, T]`")
    key = read_item(arguments[0])
    if key.kind != "scalar" or key.proto not in _KEYS:
        raise Unsayable(f"is a mapping by {say(arguments[0])}", "use str (or an int) for its keys")
    inner, _ = _peel(arguments[1])
    _no_nesting(inner, "a mapping")
    return Field(name, wire, "map", read_item(arguments[1]), key=key, metas=metas)


def _oneof(name: str, wire: str, options: list[Any], nullable: bool) -> Field:
    members: dict[str, Item] = {}
    for option in options:
        annotation, _ = _peel(option)
        if not (isinstance(annotation, type) and issubclass(annotation, Message)):
            raise Unsayable(f"is a union with {say(annotation)}",
                            "unions are of tagged Messages; put the value into one")  # fmt: skip
        tag = annotation.__struct_config__.tag
        if not isinstance(tag, str):
            raise Unsayable(f"is a union with {annotation.__name__}, which has no tag of its own",
                            f"declare `class {annotation.__name__}(Message, tag=True)`")  # fmt: skip
        member = snake(tag)
        if member in members:
            raise Unsayable(f"is a union with two members called {member!r}", "give the classes different tags")
        members[member] = read_item(option)
    return Field(name, wire, "oneof", None, members=tuple(members.items()), nullable=nullable)


def _no_nesting(inner: Any, outer: str) -> None:
    options = _options(inner)
    if options is not None and type(None) in options:
        raise Unsayable(f"is {outer} of optionals, and protobuf has no None in it",
                        "leave the empty ones out, or wrap the value in a Message")  # fmt: skip
    if options is not None:
        raise Unsayable(f"is {outer} of a union", "wrap the union in a Message with one field")
    if get_origin(inner) is tuple or inner is tuple or get_origin(inner) is collections.abc.Mapping:
        raise Unsayable(f"is {outer} of {say(inner)}, and protobuf cannot nest them", "wrap the inner one in a Message")


def _defaulted(field: Field, default: Any, factory: Callable[[], Any] | None) -> Field:
    if field.holds in ("many", "map"):
        empty = default in ((), msgspec.NODEFAULT) if factory is None else factory in (dict, tuple)
        if not empty and not (factory is None and isinstance(default, collections.abc.Mapping) and not default):
            raise Unsayable("has a default that is not empty, and protobuf cannot tell an empty one from none",
                            "default to `()` or `{}`")  # fmt: skip
    elif field.nullable and (factory is not None or default not in (None, msgspec.NODEFAULT)):
        raise Unsayable(f"may be None but defaults to {default!r}, and a None that is sent would arrive as that",
                        "default to None, or drop the None")  # fmt: skip
    return replace(field, default=default, factory=factory)


def _check_enum(enum: type[Enum]) -> None:
    seen = [member.value for member in enum]
    if any(not isinstance(value, int) or isinstance(value, bool) for value in seen):
        raise Unsayable(f"is the enum {enum.__name__}, whose values are no ints",
                        "number the members, 0 for what an absent field means; the names travel in the .proto")  # fmt: skip
    if 0 not in seen:
        raise Unsayable(f"is the enum {enum.__name__}, which has no zero",
                        "add a member with the value 0: it is what an absent field means")  # fmt: skip
    if any(not -(2**31) <= value < 2**31 for value in seen):
        raise Unsayable(f"is the enum {enum.__name__} with a value past 32 bits", "use small numbers")


def is_sayable(enum: type[Enum]) -> bool:
    """Whether protobuf can say an enum."""
    try:
        _check_enum(enum)
    except Unsayable:
        return False
    return True


def _unsayable(annotation: Any) -> Unsayable:
    origin = get_origin(annotation) or annotation
    if origin in _SEQUENCES:
        return Unsayable(f"is {say(annotation)}, which can change in its holder's hands", "write `tuple[T, ...]`")
    if origin is tuple:
        return Unsayable(f"is {say(annotation)} where one value is wanted", "wrap it in a Message")
    if origin is collections.abc.Mapping or annotation is dict:
        return Unsayable(f"is {say(annotation)}", "write `Mapping[str, T]`")
    if origin is datetime.time:
        return Unsayable("is a time of day, which protobuf does not know", "use a datetime, or a str")
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return Unsayable(f"is {say(annotation)}, a Struct but no Message", "derive it from Message")
    if isinstance(annotation, typing.TypeVar):
        return Unsayable(f"is the type variable {annotation}", "write the type itself: messages are not generic")
    return Unsayable(f"is {say(annotation)}, which protobuf cannot say", "use the field types of Message")


def _peel(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """An annotation without its extras, aliases followed."""
    extras: tuple[Any, ...] = ()
    while True:
        if get_origin(annotation) is Annotated:
            annotation, extras = annotation.__origin__, (*annotation.__metadata__, *extras)
        elif isinstance(annotation, typing.NewType):
            annotation = annotation.__supertype__
        elif type(annotation).__name__ == "TypeAliasType":  # `type X = …`, from Python 3.12 on
            annotation = annotation.__value__
        else:
            return annotation, extras


def _options(annotation: Any) -> tuple[Any, ...] | None:
    return get_args(annotation) if get_origin(annotation) in (typing.Union, types.UnionType) else None


def say(annotation: Any) -> str:
    """An annotation as its author wrote it, more or less."""
    if isinstance(annotation, type) and not get_args(annotation):
        return annotation.__name__
    return str(annotation).replace("typing.", "").replace("collections.abc.", "")


def snake(name: str) -> str:
    """`CardPayment` is `card_payment`, `ListURLs` is `list_urls`; names in snake case stay."""
    name = _PLURAL.sub(lambda found: f"{found[1].capitalize()}s", name)
    return _BEFORE_WORD.sub("_", name).lower()
