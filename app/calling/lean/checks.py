"""Compiles what protobuf would refuse of a value: types, ranges, depth. Nothing is said here of what is wrong and where:
where a check is false, the slow reading finds that."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from ...module.numbers import RANGES, single
from ..schema.reading import Definition
from ..schema.shapes import Field, Item
from ..schema.values import DEEPEST, MOST_DURATION

Check = Callable[[Any, int], bool]
Define = Callable[[Any], Definition]


class Checker:
    """The compiled checks of a process; they find each other by name. `leaving` checks what is to be sent, `arrived`
    what msgspec has read: its types are right, but it knows no sized integers and takes a time without a zone."""

    def __init__(self, define: Define) -> None:
        self._define = define
        self._numbers: dict[Any, int] = {}
        self._made: dict[tuple[str, Any], Check | None] = {}
        self._reach: dict[Any, frozenset[Any]] = {}
        self._space: dict[str, Any] = {
            "datetime": datetime.datetime, "timedelta": datetime.timedelta, "date": datetime.date, "MOST": MOST_DURATION,
            "single": single,
        }  # fmt: skip

    def leaving(self, cls: Any) -> Check:
        """Whether a value of exactly this class may be sent as it is."""
        check = self._check("leaving", cls)
        assert check is not None
        return check

    def arrived(self, cls: Any) -> Check | None:
        """Whether what msgspec read may be handed on; None where there is nothing left to check."""
        return self._check("arrived", cls)

    def _check(self, way: str, cls: Any) -> Check | None:
        if (way, cls) not in self._made:
            todo = [one for one in (cls, *self._reachable(cls)) if (way, one) not in self._made]
            for one in todo:
                self._made[way, one] = self._compiled(way, one)
        return self._made[way, cls]

    def _reachable(self, cls: Any) -> frozenset[Any]:
        """The messages inside a message, at whatever depth; itself too where it can hold itself."""
        found = self._reach.get(cls)
        if found is None:
            seen: set[Any] = set()
            todo = [cls]
            while todo:
                for field in self._define(todo.pop()).fields:
                    for item in _items(field):
                        if item.kind == "message" and item.python not in seen:
                            seen.add(item.python)
                            todo.append(item.python)
            found = self._reach[cls] = frozenset(seen)
        return found

    def _needed(self, way: str, cls: Any) -> bool:
        """Whether a message, or one inside it, has anything to check."""
        if way == "leaving":
            return True
        inside = self._reachable(cls)
        if any(one in self._reachable(one) for one in (cls, *inside)):
            return True
        return any(_weak(field) for one in (cls, *inside) for field in self._define(one).fields)

    def _compiled(self, way: str, cls: Any) -> Check | None:
        if not self._needed(way, cls):
            return None
        lines = [f"def {way}_{self._number(cls)}(s, d):"]
        if cls in self._reachable(cls):
            lines.append(f"    if d > {DEEPEST}: return False")
        groups: dict[str, list[str]] = {}
        for n, field in enumerate(self._define(cls).fields):
            lines += [f"    {line}" for line in self._field(way, field, f"v{n}")]
            if field.group:
                groups.setdefault(field.group, []).append(f"(s.{field.name} is not None)")
        lines += [f"    if {' + '.join(members)} > 1: return False" for members in groups.values() if len(members) > 1]
        source = "\n".join([*lines, "    return True"])
        exec(compile(source, f"<{way} check of {cls.__name__}>", "exec"), self._space)
        return self._space[f"{way}_{self._number(cls)}"]

    def _field(self, way: str, field: Field, value: str) -> list[str]:
        """Statements that return False where a field's value is wrong."""
        maybe = f"{value} is not None and " if field.nullable or field.default is None else ""
        if field.holds == "oneof":
            tests = [self._item(way, item, value) for _, item in field.members]
            good = " or ".join(f"({test})" for test in tests if test)
            return [f"{value} = s.{field.name}", f"if {maybe}not ({good}): return False"] if good else []
        assert field.item is not None
        if field.holds == "one":
            good = self._item(way, field.item, value)
            return [f"{value} = s.{field.name}", f"if {maybe}not ({good}): return False"] if good else []
        each = self._item(way, field.item, "x")
        key = self._item(way, field.key, "k") if field.key is not None else ""
        kind = "tuple" if field.holds == "many" else "dict"
        lines = [f"if type({value}) is not {kind}: return False"] if way == "leaving" else []
        if field.holds == "many" and each:
            lines += [f"for x in {value}:", f"    if not ({each}): return False"]
        elif each or key:
            good = " and ".join(f"({test})" for test in (key, each) if test)
            lines += [f"for k, x in {value}.items():", f"    if not ({good}): return False"]
        return [f"{value} = s.{field.name}", *lines] if lines else []

    def _item(self, way: str, item: Item, value: str) -> str:
        """An expression that is true where a value is right; empty where nothing can be wrong."""
        leaving = way == "leaving"
        if item.kind == "message":
            needed = self._needed(way, item.python)
            inner = f"{way}_{self._number(item.python)}({value}, d + 1)" if needed else ""
            typed = f"type({value}) is {self._name(item.python)}"
            if leaving:
                return f"{typed} and {inner}"
            return f"type({value}) is not {self._name(item.python)} or {inner}" if inner else ""
        if item.kind == "timestamp":
            zoned = f"{value}.tzinfo is not None"
            return f"type({value}) is datetime and {zoned}" if leaving else zoned
        if item.kind == "duration":
            short = f"-MOST <= {value} <= MOST"
            return f"type({value}) is timedelta and {short}" if leaving else short
        if item.python is int and item.proto in RANGES:
            low, high = RANGES[item.proto]
            within = f"{low} <= {value} <= {high}"
            return f"type({value}) is int and {within}" if leaving else within
        if item.proto == "float" and not leaving:  # its reader has 32 bits of it, as everywhere else
            return f"{value} == single({value}) or {value} != {value}"
        return f"type({value}) is {self._name(item.python)}" if leaving else ""

    def _number(self, cls: Any) -> int:
        return self._numbers.setdefault(cls, len(self._numbers))

    def _name(self, cls: Any) -> str:
        if cls in (bool, int, float, str, bytes, datetime.date):
            return cls.__name__
        name = f"C{self._number(cls)}"
        self._space[name] = cls
        return name


def _items(field: Field) -> list[Item]:
    return [item for item in (field.item, *(item for _, item in field.members)) if item is not None]


def _weak(field: Field) -> bool:
    """Whether msgspec takes more than protobuf does."""
    every = (*_items(field), *([field.key] if field.key is not None else ()))
    return bool(field.group) or any(
        item.kind in ("timestamp", "duration") or item.proto == "float" or (item.python is int and item.proto in RANGES)
        for item in every
    )
