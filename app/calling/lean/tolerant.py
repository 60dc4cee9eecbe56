"""The slow reading of a body: by a peer of another version, or wrong. What is unknown is passed over, what is missing is
what protobuf means by absence, and what is wrong is said by its field."""

from __future__ import annotations

import datetime
from typing import Any

import msgspec

from ...module.numbers import RANGES, single
from ..schema.reading import Definition
from ..schema.shapes import Field, Item, say
from ..schema.values import DEEPEST, MOST_DURATION, Definitions, Malformed, broken

_ABSENT: Any = object()
_ZEROS: dict[Any, Any] = {bool: False, int: 0, float: 0.0, str: "", bytes: b""}


def read_plain(raw: Any, definition: Definition, known: Definitions, path: str = "", depth: int = 0) -> Any:
    """Make a message (or a failure) of plain maps, tuples and scalars. Raises Malformed at the first thing that is wrong."""
    if depth > DEEPEST:
        raise Malformed(f"{path[:40]}…", f"is nested more than {DEEPEST} levels deep")
    keys = keys_of(definition)
    if isinstance(raw, list) and _in_order(definition.python):
        raw = dict(zip(keys.values(), raw, strict=False))
    if not isinstance(raw, dict):
        raise Malformed(path, f"must be a {definition.python.__name__}, is {_named(raw)}")
    values: dict[str, Any] = {}
    groups: dict[str, str] = {}
    for one in definition.fields:
        here = f"{path}.{one.wire}" if path else one.wire
        value = _field(raw.get(keys[one.name], _ABSENT), one, here, known, depth)
        if one.group and value is not None and groups.setdefault(one.group, one.wire) != one.wire:
            raise Malformed(here, f"is set and so is {groups[one.group]}: the oneof {one.group!r} holds one")
        values[one.name] = value
    try:
        return definition.python(**values)
    except (ValueError, TypeError) as error:  # what the author's own __post_init__ refuses
        raise Malformed(path, str(error)) from None


def keys_of(definition: Definition) -> dict[str, str]:
    """Field -> its key in the map."""
    cls = definition.python
    if isinstance(cls, msgspec.StructMeta):
        return dict(zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True))
    return {one.name: one.wire for one in definition.fields}


def _in_order(cls: Any) -> bool:
    """Whether a message is an array of its fields: where its class says array_like."""
    return isinstance(cls, msgspec.StructMeta) and cls.__struct_config__.array_like


def _field(held: Any, one: Field, here: str, known: Definitions, depth: int) -> Any:
    if held is None:
        if one.nullable:
            return None
        held = _ABSENT  # optional there and not here: absence, as for protobuf
    if one.holds == "oneof":
        return _union(held, one, here, known, depth)
    item = one.item
    assert item is not None
    made: Any
    if one.holds == "one":
        if held is _ABSENT:
            explicit = one.presence or one.group or item.kind not in ("scalar", "enum")
            return _missing(one, here) if explicit else _zero(item, here)
        return _item(held, item, here, known, depth)
    if one.holds == "many":
        if held is not _ABSENT and not isinstance(held, list):
            raise Malformed(here, f"must be a tuple, is {_named(held)}")
        items = () if held is _ABSENT else held
        made = tuple(_item(each, item, f"{here}[{n}]", known, depth) for n, each in enumerate(items))
    else:
        if held is not _ABSENT and not isinstance(held, dict):
            raise Malformed(here, f"must be a mapping, is {_named(held)}")
        assert one.key is not None
        made = {}
        for key, each in {} if held is _ABSENT else held.items():
            name = _item(key, one.key, f"{here}'s key {key!r}", known, depth)
            made[name] = _item(each, item, f"{here}[{key!r}]", known, depth)
    if why := broken(made, one.metas):
        raise Malformed(here, why)
    return made


def _union(held: Any, one: Field, here: str, known: Definitions, depth: int) -> Any:
    """One of several tagged messages. A tag that nobody knows here is a member that was added there: as if it were not
    set."""
    if held is not _ABSENT:
        for _, item in one.members:
            config = item.python.__struct_config__
            if isinstance(held, dict) and held.get(config.tag_field, _ABSENT) == config.tag:
                return read_plain(held, known(item.python), known, here, depth + 1)
        if not isinstance(held, dict):
            names = " or ".join(item.python.__name__ for _, item in one.members)
            raise Malformed(here, f"must be a {names}, is {_named(held)}")
    return _missing(one, here)


def _missing(one: Field, here: str) -> Any:
    if one.factory is not None:
        return one.factory()
    if one.default is not msgspec.NODEFAULT:
        return one.default
    if one.nullable:
        return None
    raise Malformed(here, "is missing")


def _zero(item: Item, here: str) -> Any:
    try:
        value = item.python(0) if item.kind == "enum" else _ZEROS[item.python]
    except ValueError:
        raise Malformed(here, "is missing") from None
    if why := broken(value, item.metas):
        raise Malformed(here, why)
    return value


def _item(held: Any, item: Item, here: str, known: Definitions, depth: int) -> Any:
    python = item.python
    if item.kind == "message":
        return read_plain(held, known(python), known, here, depth + 1)
    try:
        value = msgspec.convert(held, python)
    except (msgspec.ValidationError, ValueError, OverflowError, ArithmeticError):
        raise Malformed(here, f"must be {say(python)}, is {_named(held)}") from None
    if item.kind == "timestamp" and value.tzinfo is None:
        raise Malformed(here, "must be an aware datetime; it has no time zone")
    if item.kind == "duration" and abs(value) > MOST_DURATION:
        raise Malformed(here, "is longer than the 10,000 years of a protobuf Duration")
    if item.proto == "float":
        value = single(value)
    elif item.proto in RANGES and python is int:
        low, high = RANGES[item.proto]
        if not low <= value <= high:
            raise Malformed(here, f"must be within {low} and {high} ({item.proto}), is {value}")
    if why := broken(value, item.metas):
        raise Malformed(here, why)
    return value


def _named(held: Any) -> str:
    if held is None or held is _ABSENT:
        return "None" if held is None else "missing"
    if isinstance(held, int | float | bool):
        return repr(held)
    if isinstance(held, str):
        return f"{held[:40]!r}"
    if isinstance(held, datetime.datetime):
        return "a datetime"
    return {dict: "a mapping", list: "a tuple", bytes: "bytes"}.get(type(held), f"a {type(held).__name__}")
