"""Gives fields their numbers: those that the lock has keep theirs, new ones take the next free, removed are reserved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from ...module.message import wire_name
from .lock import MAX_NUMBER, Lock
from .shapes import snake

_IMPLEMENTATION = (19_000, 19_999)
"""Numbers that protobuf keeps for itself."""

Refuse = Callable[[str, str, str], None]
"""(what, why, cure)"""


@dataclass(slots=True)
class Numbering:
    """Names with their numbers, and what is reserved: ranges with both ends included, and names."""

    numbers: dict[str, int] = field(default_factory=dict)
    reserved: list[tuple[int, int]] = field(default_factory=list)
    reserved_names: list[str] = field(default_factory=list)


def number_fields(
    message: str, wanted: Sequence[tuple[str, str]], lock: Lock | None, package: str, refuse: Refuse
) -> Numbering:
    """Number a message's fields, given as name and type (`repeated shop.Product`)."""
    lock = lock or Lock()
    out = Numbering(reserved=list(lock.reserved), reserved_names=list(lock.reserved_names))
    names = {name for name, _ in wanted}
    taken = {known.number for known in lock.fields.values()}
    for name, known in lock.fields.items():
        if name not in names:
            out.reserved.append((known.number, known.number))
            out.reserved_names.append(name)
    top = max([0, *taken, *(high for _, high in lock.reserved if high < MAX_NUMBER)])
    scope = f"{package}.{message}" if package else message
    for name, type_name in wanted:
        known = lock.fields.get(name)
        if name in lock.reserved_names:
            refuse(f"{message}.{name}", "was removed and its name is reserved",
                   "give the field another name, or take the name out of the reserved ones if nobody has seen it")  # fmt: skip
        if known is None:
            top = _free(top, taken, lock.reserved) or _free(0, taken, lock.reserved)
            taken.add(top)
            out.numbers[name] = top
            continue
        if not same_type(known.type, type_name, scope):
            refuse(f"{message}.{name}", f"is {_short(type_name, package)} now and was {known.type} under number {known.number}",
                   "keep the type and add a field with another name; or delete the line if nobody has seen it yet")  # fmt: skip
        out.numbers[name] = known.number
    out.reserved = _merged(out.reserved)
    return out


def number_values(enum: type[Enum], relative: str, lock: Lock | None, refuse: Refuse) -> Numbering:
    """Name an enum's values as the wire knows them; the zero comes first.

    Values share the scope around their enum, so new ones take its name as a prefix: `Colour.RED` is `COLOUR_RED`.
    Where the lock spells them without, they stay without.
    """
    lock = lock or Lock()
    out = Numbering(reserved=list(lock.reserved), reserved_names=list(lock.reserved_names))
    prefix = f"{snake(relative.rpartition('.')[2]).upper()}_"
    bare = bool(lock.fields) and not all(name.startswith(prefix) for name in lock.fields)
    members = sorted(enum.__members__.items(), key=lambda pair: pair[1].value != 0)
    for attribute, member in members:
        name = wire_name(attribute)
        known = lock.fields.get(name)
        spelled = name if bare or name.startswith(prefix) or known is not None else f"{prefix}{name}"
        known = lock.fields.get(spelled)
        if known is not None and known.number != member.value:
            refuse(f"{relative}.{name}", f"is {member.value} now and was {known.number}",
                   "restore the number: others hold values of it")  # fmt: skip
        if spelled in lock.reserved_names or any(low <= member.value <= high for low, high in lock.reserved):
            refuse(f"{relative}.{name}", "was removed and is reserved", "use another name and number")
        out.numbers[spelled] = member.value
    values = set(out.numbers.values())
    for name, known in lock.fields.items():
        if name not in out.numbers:
            out.reserved_names.append(name)
            if known.number not in values:
                out.reserved.append((known.number, known.number))
    out.reserved = _merged(out.reserved)
    return out


def same_type(locked: str, ours: str, scope: str) -> bool:
    """Whether a type as it is written in a .proto, seen from `scope`, is the type that we mean by its full name."""
    if locked == ours:
        return True
    if locked.startswith("repeated ") and ours.startswith("repeated "):
        return same_type(locked[9:], ours[9:], scope)
    if locked.startswith("map<") and ours.startswith("map<"):
        key, _, value = locked[4:-1].partition(", ")
        our_key, _, our_value = ours[4:-1].partition(", ")
        return key == our_key and same_type(value, our_value, scope)
    if locked.startswith("."):
        return locked[1:] == ours
    while scope:
        if f"{scope}.{locked}" == ours:
            return True
        scope = scope.rpartition(".")[0]
    return False


def _free(after: int, taken: set[int], reserved: Sequence[tuple[int, int]]) -> int:
    """The next number that nothing has or keeps; 0 where there is none."""
    closed = sorted([_IMPLEMENTATION, *reserved, *((one, one) for one in taken)])
    number = after + 1
    for low, high in closed:
        if low <= number <= high:
            number = high + 1
    return number if number <= MAX_NUMBER else 0


def _short(type_name: str, package: str) -> str:
    return type_name.replace(f"{package}.", "") if package else type_name


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for low, high in sorted(set(ranges)):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return out
