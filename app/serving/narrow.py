"""What JSON can say and the protobuf wire cannot: refused at this edge too, or a monolith would take what a split
refuses. Integers past 64 bits, date-times without a zone, durations of more than 10,000 years."""

from __future__ import annotations

import collections.abc
import datetime
import types
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from ..module.numbers import RANGES, Sized

Complaint = tuple[str, str]
"""The path below the value, such as `.items[0].quantity`, and what is wrong there."""
Look = Callable[[Any], Iterator[Complaint]]

_LONGEST = datetime.timedelta(days=3_652_500)


def looker(annotation: Any) -> Look | None:
    """A function that complains about a value of this type; None where nothing can be wrong with it."""
    return _look(annotation, ())


def _look(annotation: Any, extras: tuple[Any, ...]) -> Look | None:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _look(arguments[0], annotation.__metadata__)
    if origin in (Union, types.UnionType):
        return _either([_look(option, extras) for option in arguments if option is not type(None)], arguments)
    if annotation is int:
        return _integers(extras)
    if annotation is datetime.datetime:
        return _with_zone
    if annotation is datetime.timedelta:
        return _not_too_long
    if origin is tuple and (inner := _look(arguments[0], ())) is not None:
        return _each(inner)
    if origin in (collections.abc.Mapping, dict) and (inner := _look(arguments[1], ())) is not None:
        return _each_value(inner)
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return _struct(annotation)
    return None


def _integers(extras: tuple[Any, ...]) -> Look | None:
    lowest, highest = RANGES[next((extra.proto for extra in extras if isinstance(extra, Sized)), "int64")]

    def look(value: Any) -> Iterator[Complaint]:
        if value is not None and not lowest <= value <= highest:
            yield "", f"must be between {lowest} and {highest}"

    return look


def _with_zone(value: Any) -> Iterator[Complaint]:
    if value is not None and value.tzinfo is None:
        yield "", "must be a date-time with its zone, such as 2026-01-31T12:00:00Z"


def _not_too_long(value: Any) -> Iterator[Complaint]:
    if value is not None and abs(value) > _LONGEST:
        yield "", "must be at most 10,000 years"


def _either(looks: list[Look | None], options: tuple[Any, ...]) -> Look | None:
    kinds = [option for option in options if option is not type(None)]
    if len(kinds) == 1:
        return looks[0]
    by_class = {kind: look for kind, look in zip(kinds, looks, strict=True) if look is not None}
    if not by_class:
        return None

    def look(value: Any) -> Iterator[Complaint]:
        if (inner := by_class.get(type(value))) is not None:
            yield from inner(value)

    return look


def _each(inner: Look) -> Look:
    def look(values: Any) -> Iterator[Complaint]:
        for index, value in enumerate(values or ()):
            for path, why in inner(value):
                yield f"[{index}]{path}", why

    return look


def _each_value(inner: Look) -> Look:
    def look(values: Any) -> Iterator[Complaint]:
        for value in (values or {}).values():
            for path, why in inner(value):
                yield f"[...]{path}", why

    return look


_unfinished: dict[type[msgspec.Struct], list[tuple[str, str, Look]]] = {}


def _struct(cls: type[msgspec.Struct]) -> Look | None:
    fields = _unfinished.get(cls)
    if fields is None:
        fields = _unfinished[cls] = []
        declared = msgspec.structs.fields(cls)
        looks = [(field.name, field.encode_name, _look(field.type, ())) for field in declared]
        fields += [(name, wire, inner) for name, wire, inner in looks if inner is not None]
        if not fields:
            return None

    def look(value: Any) -> Iterator[Complaint]:
        if value is not None:
            for name, wire, inner in fields:
                for path, why in inner(getattr(value, name)):
                    yield f".{wire}{path}", why

    return look
