"""Compiles a pair of functions for each message: value -> keywords of its protobuf class, and protobuf message -> value."""

from __future__ import annotations

import datetime
import decimal
import inspect
import re
import uuid
from collections.abc import Callable, Mapping
from keyword import iskeyword
from typing import Any

import msgspec

from .reading import Definition
from .shapes import Field, Item
from .values import EPOCH, read_duration, read_timestamp, write_duration, write_timestamp

_BOUNDS = {"int32", "sint32", "sfixed32", "uint32", "fixed32", "uint64", "fixed64"}
_NATURAL = (-(2**31), 2**31 - 1, 0, 2**32 - 1)


def missing() -> Any:
    """Raise: the slow reading says what is missing."""
    raise ValueError


class Compiler:
    """Holds the compiled functions of a schema; they find each other by name, so that messages may hold themselves."""

    def __init__(self, number: Callable[[Any], int]) -> None:
        self._number = number
        """Class -> a number that its functions carry in their names."""
        self._space: dict[str, Any] = {
            "EPOCH": EPOCH, "date": datetime.date.fromisoformat, "Decimal": decimal.Decimal, "UUID": uuid.UUID,
            "read_timestamp": read_timestamp, "read_duration": read_duration, "write_timestamp": write_timestamp,
            "write_duration": write_duration, "missing": missing,
        }  # fmt: skip

    def compile(
        self, definition: Definition, proto: Any
    ) -> tuple[Callable[[Any], dict[str, Any]], Callable[[Any], Any]]:
        """Compile a message's writer and reader; the messages inside must be compiled before the first use."""
        number = self._number(definition.python)
        lines = [*self._writer(definition, number), *self._reader(definition, number)]
        source = "\n".join(lines)
        exec(compile(source, f"<codec of {definition.full_name}>", "exec"), self._space)
        if definition.full_name == "google.protobuf.Struct":
            # upb takes a dict in a Struct's place for its content: inside other messages it must be a message already
            top = self._space[f"write_{number}"]
            self._space[f"write_{number}"] = lambda s: proto(**top(s))
            return top, self._space[f"read_{number}"]
        return self._space[f"write_{number}"], self._space[f"read_{number}"]

    def _writer(self, definition: Definition, number: int) -> list[str]:
        pairs: list[str] = []
        after: list[str] = []
        groups: dict[str, list[str]] = {}
        for one in definition.fields:
            held = f"s.{one.name}"
            if one.holds == "oneof":
                after += self._write_oneof(one, held)
                continue
            if one.group:
                groups.setdefault(one.group, []).append(held)
            pairs.append(f"{one.wire!r}: {self._write(one, held)}")
        lines = [f"def write_{number}(s):"]
        for group in groups.values():
            test = " + ".join(f"({held} is not None)" for held in group)
            lines += [f"    if {test} > 1: raise ValueError"] if len(group) > 1 else []
        if not after:
            return [*lines, f"    return {{{', '.join(pairs)}}}"]
        return [*lines, f"    d = {{{', '.join(pairs)}}}", *after, "    return d"]

    def _write(self, one: Field, held: str) -> str:
        assert one.item is not None
        if one.holds == "many":
            each = self._write_item(one.item, "x")
            return held if each == "x" else f"[{each} for x in {held}]"
        if one.holds == "map":
            each = self._write_item(one.item, "x")
            return held if each == "x" else f"{{k: {each} for k, x in {held}.items()}}"
        each = self._write_item(one.item, held)
        return f"None if {held} is None else {each}" if one.nullable and each != held else each

    def _write_item(self, item: Item, held: str) -> str:
        if item.kind == "message":
            return f"write_{self._number(item.python)}({held})"
        if item.kind == "enum":
            return f"{held}._value_"
        if item.kind in ("timestamp", "duration"):
            return f"write_{item.kind}({held})"
        if item.kind == "text":
            return f"{held}.isoformat()" if item.python is datetime.date else f"str({held})"
        return held

    def _write_oneof(self, one: Field, held: str) -> list[str]:
        lines = [f"    u = {held}", "    t = type(u)"]
        word = "if"
        for member, item in one.members:
            cls = self._name("C", item.python)
            lines.append(f"    {word} t is {cls}: d[{member!r}] = {self._write_item(item, 'u')}")
            word = "elif"
        lines.append("    elif u is not None: raise TypeError" if one.nullable else "    else: raise TypeError")
        return lines

    def _reader(self, definition: Definition, number: int) -> list[str]:
        lines = [f"def read_{number}(m):"]
        values: list[str] = []
        for n, one in enumerate(definition.fields):
            read = self._read_oneof(one) if one.holds == "oneof" else self._read(one)
            checks = self._checks(one, f"v{n}")
            if checks:
                lines += [f"    v{n} = {read}", *(f"    {check}" for check in checks)]
                read = f"v{n}"
            values.append(read)
        cls = definition.python
        if _takes_positions(cls):
            arguments = ", ".join(values)
        else:
            names = [one.name for one in definition.fields]
            arguments = ", ".join(f"{name}={value}" for name, value in zip(names, values, strict=True))
        return [*lines, f"    return {self._name('C', cls)}({arguments})"]

    def _read(self, one: Field) -> str:
        item = one.item
        assert item is not None
        held = _attribute(one.wire)
        if one.holds == "many":
            each = self._read_item(item, "x")
            return f"tuple({held})" if each == "x" else f"tuple([{each} for x in {held}])"
        if one.holds == "map":
            each = self._read_item(item, "x")
            if item.kind == "message":
                return f"{{k: {each} for k, x in {held}.items()}}"
            return f"dict({held})" if each == "x" else f"{{k: {each} for k, x in {held}.items()}}"
        each = self._read_item(item, held)
        if one.presence or one.group or item.kind not in ("scalar", "enum", "text"):
            return f"{each} if m.HasField({one.wire!r}) else {self._absent(one)}"
        return each

    def _read_item(self, item: Item, held: str) -> str:
        if item.kind == "message":
            return f"read_{self._number(item.python)}({held})"
        if item.kind == "enum":
            members = self._name("E", item.python)
            self._space.setdefault(members, {member.value: member for member in item.python})
            return f"{members}[{held}]"
        if item.kind in ("timestamp", "duration"):
            return f"read_{item.kind}({held})"
        if item.kind == "text":
            return f"{'date' if item.python is datetime.date else item.python.__name__}({held})"
        return held

    def _read_oneof(self, one: Field) -> str:
        out = self._absent(one)
        for member, item in reversed(one.members):
            out = f"{self._read_item(item, _attribute(member))} if m.HasField({member!r}) else {out}"
        return f"({out})"

    def _absent(self, one: Field) -> str:
        if one.factory is not None:
            return f"{self._constant(one.factory)}()"
        if one.default is not msgspec.NODEFAULT:
            return "None" if one.default is None else self._constant(one.default)
        return "None" if one.nullable else "missing()"

    def _checks(self, one: Field, value: str) -> list[str]:
        checks: list[str] = []
        if one.metas and one.holds in ("many", "map"):
            checks += [f"if {test}: missing()" for test in self._tests(one.metas, value, None)]
        if one.item is not None and one.item.metas and one.item.kind != "message":
            where = {"one": value, "many": "x", "map": "x"}[one.holds]
            tests = self._tests(one.item.metas, where, one.item)
            loop = {"one": "", "many": f"for x in {value}:", "map": f"for x in {value}.values():"}[one.holds]
            if tests and loop:
                checks += [loop, *(f"    if {test}: missing()" for test in tests)]
            else:
                guard = f"{value} is not None and " if one.nullable or one.default is None else ""
                checks += [f"if {guard}({test}): missing()" for test in tests]
        if one.key is not None:
            tests = self._tests(one.key.metas, "x", one.key)
            if tests:
                checks += [f"for x in {value}:", *(f"    if {test}: missing()" for test in tests)]
        return checks

    def _tests(self, metas: tuple[msgspec.Meta, ...], value: str, item: Item | None) -> list[str]:
        """Conditions that are true where a constraint is broken. What the wire's type already bounds is left out."""
        tests: list[str] = []
        sized = item is not None and item.proto in _BOUNDS
        for meta in metas:
            for sign, bound in (("<", meta.ge), ("<=", meta.gt), (">", meta.le), (">=", meta.lt)):
                if bound is not None and not (sized and bound in _NATURAL and bound != 0):
                    tests.append(f"{value} {sign} {self._constant(bound)}")
            if meta.multiple_of is not None:
                tests.append(f"{value} % {self._constant(meta.multiple_of)}")
            if meta.min_length is not None:
                tests.append(f"len({value}) < {meta.min_length}")
            if meta.max_length is not None:
                tests.append(f"len({value}) > {meta.max_length}")
            if meta.pattern is not None:
                tests.append(f"not {self._constant(re.compile(meta.pattern))}.search({value})")
        return tests

    def _constant(self, value: Any) -> str:
        if type(value) in (int, str, bool) or (type(value) is float and value == value and abs(value) != float("inf")):
            return repr(value)
        name = f"K{len(self._space)}"
        self._space[name] = value
        return name

    def _name(self, letter: str, cls: Any) -> str:
        name = f"{letter}{self._number(cls)}"
        if letter == "C":
            self._space[name] = cls
        return name


def _attribute(wire: str) -> str:
    """How a field of upb's message is read; Python's keywords are legal names on the wire."""
    return f"getattr(m, {wire!r})" if iskeyword(wire) else f"m.{wire}"


def _takes_positions(cls: Any) -> bool:
    if not issubclass(cls, msgspec.Struct):
        return True  # a Failure takes its fields in declared order
    signature: Mapping[str, inspect.Parameter] = inspect.signature(cls).parameters
    return all(one.kind is not one.KEYWORD_ONLY for one in signature.values())
