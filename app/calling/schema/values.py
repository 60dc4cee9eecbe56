"""What is wrong with a value, and where: the slow, exact reading that runs when a compiled codec stumbled, and in checks."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any

import msgspec

from ...module.numbers import RANGES
from .reading import Definition
from .shapes import Field, Item, say

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)  # noqa: UP017  # this is the value itself
DEEPEST = 100
"""Levels of messages in messages that protobuf's readers accept."""
MOST_DURATION = datetime.timedelta(seconds=315_576_000_000)
"""What google.protobuf.Duration can carry."""


class _At(ValueError):
    """Something is wrong at `path`, such as `items[2].quantity`; empty for the value as a whole."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path} {why}" if path else why)
        self.path, self.why = path, why


class InvalidValue(_At):
    """A value that its message's type does not allow."""


class Malformed(_At):
    """Bytes that are no such message, or that hold what the message's type does not allow."""


Definitions = Callable[[Any], Definition]


def check_value(value: Any, definition: Definition, known: Definitions, path: str = "", depth: int = 0) -> None:
    """Compare a value with its type, all the way down. Raises InvalidValue at the first difference."""
    if depth > DEEPEST:
        raise InvalidValue(f"{path[:40]}…", f"is nested more than {DEEPEST} levels deep, which nobody would read")
    if type(value) is not definition.python:
        raise InvalidValue(path, f"must be {_a(definition.python.__name__)}, {_not(value)}")
    groups: dict[str, str] = {}
    for one in definition.fields:
        here = f"{path}.{one.wire}" if path else one.wire
        try:
            held = getattr(value, one.name)
        except AttributeError:
            raise InvalidValue(here, "is not set") from None
        if held is None and one.nullable:
            continue
        if one.group and groups.setdefault(one.group, one.wire) != one.wire:
            raise InvalidValue(here, f"is set and so is {groups[one.group]}: the oneof {one.group!r} holds one")
        _check_field(held, one, here, known, depth)


def _check_field(held: Any, one: Field, here: str, known: Definitions, depth: int) -> None:
    if one.holds == "oneof":
        for _, item in one.members:
            if type(held) is item.python:
                check_value(held, known(item.python), known, here, depth + 1)
                return
        names = " or ".join(item.python.__name__ for _, item in one.members)
        raise InvalidValue(here, f"must be {_a(names)}, {_not(held)}")
    assert one.item is not None
    if one.holds == "one":
        _check_item(held, one.item, here, known, depth)
        return
    if one.holds == "many":
        if type(held) is not tuple:
            raise InvalidValue(here, f"must be a tuple, {_not(held)}")
        for n, item in enumerate(held):
            _check_item(item, one.item, f"{here}[{n}]", known, depth)
    else:
        if not isinstance(held, Mapping):
            raise InvalidValue(here, f"must be a mapping, {_not(held)}")
        assert one.key is not None
        for key, item in held.items():
            _check_item(key, one.key, f"{here}'s key {key!r}", known, depth)
            _check_item(item, one.item, f"{here}[{key!r}]", known, depth)
    if why := broken(held, one.metas):
        raise InvalidValue(here, why)


def _check_item(given: object, item: Item, here: str, known: Definitions, depth: int) -> None:
    value: Any = given
    python = item.python
    if item.kind == "message":
        check_value(value, known(python), known, here, depth + 1)
        return
    if not _is_a(given, python):
        raise InvalidValue(here, f"must be {_a(say(python))}, {_not(value)}")
    if item.kind == "timestamp" and value.tzinfo is None:
        raise InvalidValue(here, "must be an aware datetime; it has no time zone")
    if item.kind == "duration" and abs(value) > MOST_DURATION:
        raise InvalidValue(here, "is longer than the 10,000 years of a protobuf Duration")
    if item.proto in RANGES:
        low, high = RANGES[item.proto]
        if not low <= value <= high:
            raise InvalidValue(here, f"must be within {low} and {high} ({item.proto}), is {value}")
    if python is str:
        try:
            value.encode()
        except UnicodeEncodeError:
            raise InvalidValue(here, "holds half a surrogate pair, which is no text") from None
    if why := broken(value, item.metas):
        raise InvalidValue(here, why)


def _is_a(value: object, python: Any) -> bool:
    """isinstance, without the surprises: no bool for an int, no datetime for a date, but an int for a float."""
    if isinstance(value, bool):
        return python is bool
    if python is float:
        return isinstance(value, int | float)
    if python is datetime.date and isinstance(value, datetime.datetime):
        return False
    return isinstance(value, python)


def broken(given: object, metas: Sequence[msgspec.Meta]) -> str:
    """Which constraint a value breaks, as the rest of a sentence; empty if none."""
    value: Any = given
    for meta in metas:
        if meta.ge is not None and value < meta.ge:
            return f"must be at least {meta.ge}, is {value}"
        if meta.gt is not None and value <= meta.gt:
            return f"must be more than {meta.gt}, is {value}"
        if meta.le is not None and value > meta.le:
            return f"must be at most {meta.le}, is {value}"
        if meta.lt is not None and value >= meta.lt:
            return f"must be less than {meta.lt}, is {value}"
        if meta.multiple_of is not None and value % meta.multiple_of:
            return f"must be a multiple of {meta.multiple_of}, is {value}"
        unit = "character" if isinstance(given, str) else "byte" if isinstance(given, bytes) else "item"
        if meta.min_length is not None and len(value) < meta.min_length:
            return f"must have at least {_count(meta.min_length, unit)}, has {len(value)}"
        if meta.max_length is not None and len(value) > meta.max_length:
            return f"must have at most {_count(meta.max_length, unit)}, has {len(value)}"
        if meta.pattern is not None and not re.search(meta.pattern, value):
            return f"must match {meta.pattern!r}"
    return ""


def read_wire(raw: Any, definition: Definition, known: Definitions, path: str = "") -> Any:
    """Make the value of a parsed protobuf message, slowly. Raises Malformed at the first thing that is wrong."""
    values: dict[str, Any] = {}
    for one in definition.fields:
        here = f"{path}.{one.wire}" if path else one.wire
        values[one.name] = _read_field(raw, one, here, known)
    try:
        return definition.python(**values)
    except (ValueError, TypeError) as error:  # what the author's own __post_init__ refuses
        raise Malformed(path, str(error)) from None


def _read_field(raw: Any, one: Field, here: str, known: Definitions) -> Any:
    if one.holds == "oneof":
        member = raw.WhichOneof(one.wire)
        if member is None:
            return _absent(one, here)
        return read_wire(getattr(raw, member), known(dict(one.members)[member].python), known, f"{here}.{member}")
    item = one.item
    assert item is not None
    held = getattr(raw, one.wire)
    if one.holds == "one":
        explicit = one.presence or one.group or item.kind not in ("scalar", "enum", "text")
        if (explicit and not raw.HasField(one.wire)) or (item.kind == "text" and held == "" and not explicit):
            return _absent(one, here)
        return _read_item(held, item, here, known)
    made: Any
    if one.holds == "many":
        made = tuple(_read_item(each, item, f"{here}[{n}]", known) for n, each in enumerate(held))
    else:
        made = {}
        assert one.key is not None
        for key, each in held.items():
            made[_read_item(key, one.key, f"{here}'s key {key!r}", known)] = _read_item(
                each, item, f"{here}[{key!r}]", known
            )
    if why := broken(made, one.metas):
        raise Malformed(here, why)
    return made


def _absent(one: Field, here: str) -> Any:
    if one.factory is not None:
        return one.factory()
    if one.default is not msgspec.NODEFAULT:
        return one.default
    if one.nullable:
        return None
    raise Malformed(here, "is missing")


def _read_item(held: Any, item: Item, here: str, known: Definitions) -> Any:
    value = held
    try:
        if item.kind == "message":
            return read_wire(held, known(item.python), known, here)
        if item.kind == "enum":
            value = item.python(held)
        elif item.kind == "timestamp":
            value = read_timestamp(held)
        elif item.kind == "duration":
            value = read_duration(held)
        elif item.kind == "text":
            value = item.python.fromisoformat(held) if item.python is datetime.date else item.python(held)
    except Malformed:
        raise
    except (ValueError, OverflowError, ArithmeticError):
        if item.kind in ("timestamp", "duration"):
            raise Malformed(here, f"is out of a {item.python.__name__}'s range") from None
        raise Malformed(here, f"is {held!r}, which is no {item.python.__name__}") from None
    if why := broken(value, item.metas):
        raise Malformed(here, why)
    return value


def read_timestamp(raw: Any) -> datetime.datetime:
    """A google.protobuf.Timestamp as an aware datetime in UTC; what is finer than a microsecond is cut off."""
    nanos = raw.nanos
    if not 0 <= nanos < 1_000_000_000:
        raise ValueError("nanos out of range")
    return EPOCH + datetime.timedelta(seconds=raw.seconds, microseconds=nanos // 1000)


def read_duration(raw: Any) -> datetime.timedelta:
    """A google.protobuf.Duration; what is finer than a microsecond is cut off."""
    seconds, nanos = raw.seconds, raw.nanos
    if not -1_000_000_000 < nanos < 1_000_000_000 or seconds * nanos < 0 or abs(seconds) > 315_576_000_000:
        raise ValueError("out of range")
    return datetime.timedelta(seconds=seconds, microseconds=nanos // 1000 if nanos >= 0 else -(-nanos // 1000))


def write_timestamp(value: datetime.datetime) -> dict[str, int]:
    """An aware datetime as a google.protobuf.Timestamp. Raises TypeError for a naive one."""
    since = value - EPOCH
    return {"seconds": since.days * 86_400 + since.seconds, "nanos": since.microseconds * 1000}


def write_duration(value: datetime.timedelta) -> dict[str, int]:
    """A timedelta as a google.protobuf.Duration: both parts carry the sign."""
    micros = (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
    seconds, rest = divmod(abs(micros), 1_000_000)
    if seconds > 315_576_000_000:
        raise ValueError("out of range")
    return {"seconds": -seconds, "nanos": -rest * 1000} if micros < 0 else {"seconds": seconds, "nanos": rest * 1000}


def _a(name: str) -> str:
    return f"an {name}" if name[:1] in "aeiouAEIO" else f"a {name}"


def _not(value: Any) -> str:
    if value is None:
        return "is None"
    if isinstance(value, Enum) or type(value) in (int, float, bool):
        return f"is {value!r}"
    if type(value) is bytes:
        return "is bytes"
    return f"is {_a(type(value).__name__)}"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
