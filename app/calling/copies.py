"""Mappings are copied when they cross a local call; everything else in a message cannot change. Compiled per type."""

from __future__ import annotations

import collections.abc
import types
import typing
from collections.abc import Callable
from typing import Annotated, Any, get_args, get_origin

import msgspec

from ..module.message import Message

Copier = Callable[[Any], Any]
_made: dict[Any, Copier | None] = {}


def copier(annotation: Any) -> Copier | None:
    """A function that copies what may change inside a value of this type; None where nothing can."""
    if not _may_change(annotation, set()):
        return None
    return _copier(annotation)


def _may_change(annotation: Any, seen: set[Any]) -> bool:
    if get_origin(annotation) is collections.abc.Mapping:
        return True
    if _is_message(annotation):
        if annotation in seen:
            return False
        seen.add(annotation)
        return any(_may_change(field.type, seen) for field in msgspec.structs.fields(annotation))
    return any(_may_change(part, seen) for part in get_args(annotation))


def _copier(annotation: Any) -> Copier:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _copier(parts[0])
    if origin is collections.abc.Mapping:
        return _mapping(parts[1])
    if origin is tuple:
        item = copier(parts[0])
        return (lambda value: tuple(map(item, value))) if item else _as_it_is
    if _is_message(annotation):
        made = _made.get(annotation)
        if made is None:
            fields: dict[str, Copier] = {}
            made = _made[annotation] = _message(fields)  # stands before its fields are read: they may hold it again
            for field in msgspec.structs.fields(annotation):
                if _may_change(field.type, set()):
                    fields[field.name] = _copier(field.type)
        return made
    if origin in (typing.Union, types.UnionType):
        return _union([part for part in parts if part is not type(None)])
    return _as_it_is


def _mapping(item_type: Any) -> Copier:
    item = copier(item_type)
    if item is None:
        return dict
    return lambda value: {key: item(held) for key, held in value.items()}


def _message(fields: dict[str, Copier]) -> Copier:
    def copy(value: Any) -> Any:
        return msgspec.structs.replace(value, **{name: of(getattr(value, name)) for name, of in fields.items()})

    return copy


def _union(options: list[Any]) -> Copier:
    of = {option: copier(option) for option in options if _is_message(option)}
    rest = next((_copier(option) for option in options if not _is_message(option)), _as_it_is)

    def copy(value: Any) -> Any:
        if value is None:
            return None
        found = of.get(type(value), rest)
        return found(value) if found else value

    return copy


def _is_message(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Message)


def _as_it_is(value: Any) -> Any:
    return value
