"""What a Settings class expects, read from its types: which keys, of which kind, which of them secret; said for people."""

from __future__ import annotations

import collections.abc
import types
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo, fields

from ..module.settings import Secret

_WORDS: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    bytes: "bytes in base64",
    Path: "a path",
    type(None): "nothing",
    Any: "anything",
}


def bare(kind: Any) -> Any:
    """A type without `Annotated[…]` and without `| None`."""
    while True:
        origin = get_origin(kind)
        if origin is Annotated:
            kind = get_args(kind)[0]
        elif origin in (Union, types.UnionType):
            rest = [part for part in get_args(kind) if part is not type(None)]
            if len(rest) != 1:
                return kind
            kind = rest[0]
        else:
            return kind


def section_of(kind: Any) -> type[msgspec.Struct] | None:
    """The Struct class whose keys stand below, where the type is one."""
    kind = bare(kind)
    return kind if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else None


def item_of(kind: Any) -> Any | None:
    """The type of a table's values, where any key may stand in it."""
    kind = bare(kind)
    if get_origin(kind) in (dict, Mapping, collections.abc.Mapping, collections.abc.MutableMapping):
        key, item = get_args(kind)
        return item if bare(key) is str else None
    return None


@lru_cache(512)  # a start asks six times for each class, and each time its annotations would be evaluated
def fields_of(section: type[msgspec.Struct]) -> Mapping[str, FieldInfo]:
    """Key as it is written -> field."""
    return {field.encode_name: field for field in fields(section)}


def kind_at(kind: Any, path: tuple[str, ...]) -> Any | None:
    """The type that is expected at a path below a type; None where nothing is."""
    for key in path:
        if (section := section_of(kind)) is not None:
            field = fields_of(section).get(key)
            if field is None:
                return None
            kind = field.type
        elif (item := item_of(kind)) is not None:
            kind = item
        else:
            return None
    return kind


def is_secret(kind: Any) -> bool:
    """Whether a Secret stands anywhere in the type."""
    if kind is Secret or get_origin(kind) is Secret:
        return True
    if (section := section_of(kind)) is not None:
        return any(is_secret(field.type) for field in fields_of(section).values())
    return any(is_secret(part) for part in get_args(kind))


def described(kind: Any) -> str:
    """`a whole number, at least 1`: what a value has to be."""
    origin, parts = get_origin(kind), get_args(kind)
    if kind in _WORDS:
        return _WORDS[kind]
    if kind is Secret or origin is Secret:
        return f"{described(parts[0]) if parts else 'text'}, kept secret"
    if origin is Annotated:
        bounds = [_bounds(part) for part in parts[1:] if isinstance(part, msgspec.Meta)]
        return ", ".join(word for word in (described(parts[0]), *bounds) if word)
    if origin in (Union, types.UnionType):
        return " or ".join(described(part) for part in parts if part is not type(None))
    if origin is Literal:
        return f"one of {', '.join(_written(part) for part in parts)}"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return f"one of {', '.join(_written(member.value) for member in kind)}"
    if section_of(kind) is not None or item_of(kind) is not None or kind is dict or origin is dict:
        return "a table"
    if origin in (list, tuple, set, frozenset, collections.abc.Sequence) or kind in (list, tuple, set, frozenset):
        return f"a list, each item {described(parts[0])}" if parts else "a list"
    return _NAMES.get(getattr(kind, "__name__", ""), getattr(kind, "__name__", None) or str(kind))


_NAMES = {
    "timedelta": 'a duration such as "PT5S"',
    "datetime": "a date and time",
    "date": "a date",
    "time": "a time",
    "Decimal": "a decimal number",
    "UUID": "a UUID",
}


def _bounds(meta: msgspec.Meta) -> str:
    said = {
        "at least {}": meta.ge,
        "more than {}": meta.gt,
        "at most {}": meta.le,
        "less than {}": meta.lt,
        "a multiple of {}": meta.multiple_of,
        "matching {}": meta.pattern,
        "{} or longer": meta.min_length,
        "{} or shorter": meta.max_length,
    }
    return " and ".join(words.format(bound) for words, bound in said.items() if bound is not None)


def _written(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
