"""Reads a .proto as the lock of the numbers: what each name had, what is reserved. No protoc at run time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

MAX_NUMBER = 2**29 - 1
_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/)|(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
    r"""|(?P<word>\.?[A-Za-z_][\w.]*|-?(?:0[xX][\da-fA-F]+|\d[\w.+]*))|(?P<sign>[{}\[\]<>();,=:/+-])""",
    re.DOTALL,
)


class UnreadableLock(ValueError):
    """The text is no proto3; the message says why and on which line."""

    def __init__(self, why: str, line: int) -> None:
        super().__init__(f"{why} (line {line})")
        self.line = line


@dataclass(frozen=True, slots=True)
class FieldLock:
    """A field's number and its type: `string`, `repeated Product`, `map<string, int32>`."""

    number: int
    type: str


@dataclass(slots=True)
class Lock:
    """A message or an enum of the file, or the file itself: what is taken and what is reserved."""

    package: str = ""
    fields: dict[str, FieldLock] = field(default_factory=dict)
    """Of an enum: its values, with an empty type."""
    reserved_names: list[str] = field(default_factory=list)
    reserved: list[tuple[int, int]] = field(default_factory=list)
    """Ranges of numbers, both ends included."""
    inner: dict[str, Lock] = field(default_factory=dict)
    """Messages and enums by their name inside this one."""

    def find(self, relative: str) -> Lock | None:
        """A message's or an enum's own lock by its name inside the package."""
        found: Lock | None = self
        for part in relative.split("."):
            found = found.inner.get(part) if found is not None else None
        return found


LockReader = Callable[[str], "Lock | None"]
"""Path of a .proto -> its lock; None where there is none. Raises UnreadableLock."""


def read_lock(path: str) -> Lock | None:
    """Read the file at `path`, if there is one."""
    file = Path(path)
    try:
        stat = file.stat()
    except OSError:
        return None
    return _cached(path, stat.st_mtime_ns, stat.st_size)


def no_lock(path: str) -> Lock | None:
    """For schemas that number by declared order only."""
    return None


@lru_cache(maxsize=256)
def _cached(path: str, changed: int, size: int) -> Lock:
    return parse(Path(path).read_text("utf-8"))


def parse(text: str) -> Lock:
    """Read a .proto's text. Raises UnreadableLock."""
    return _Parser(text).file()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, int]] = []
        position = 0
        while position < len(text):
            found = _TOKEN.match(text, position)
            if found is None:
                raise UnreadableLock(f"{text[position]!r} is unexpected", text.count("\n", 0, position) + 1)
            if found.lastgroup != "skip":
                self._tokens.append((found[0], position))
            position = found.end()
        self._at = 0

    def file(self) -> Lock:
        lock = Lock()
        while self._at < len(self._tokens):
            word = self._next()
            if word == "package":
                lock.package = self._next()
                self._expect(";")
            elif word == "syntax":
                self._expect("=")
                if self._next().strip("\"'") != "proto3":
                    raise self._wrong("only proto3 is understood")
                self._expect(";")
            elif word in ("message", "enum"):
                self._block(word, lock)
            elif word in ("service", "extend"):
                self._skip_block()
            elif word in ("import", "option"):
                self._skip_statement()
            elif word != ";":
                raise self._wrong(f"{word!r} is unexpected")
        return lock

    def _block(self, kind: str, outer: Lock) -> None:
        name = self._next()
        lock = outer.inner[name] = Lock()
        self._expect("{")
        while (word := self._next()) != "}":
            if word in ("message", "enum") and kind == "message" and self._peek(1) == "{":
                self._block(word, lock)
            elif word == "reserved":
                self._reserved(lock, kind)
            elif word in ("option", "extensions") and self._peek() != "=":
                self._skip_statement()
            elif word == "extend" and self._peek(1) == "{":
                self._skip_block()
            elif word == "oneof" and self._peek(1) == "{":
                self._next()
                self._expect("{")
                while (inner := self._next()) != "}":
                    if inner == "option":
                        self._skip_statement()
                    elif inner != ";":
                        self._field(inner, lock)
            elif kind == "enum" and word != ";":
                self._expect("=")
                lock.fields[word] = FieldLock(self._number(), "")
                self._skip_statement()
            elif word != ";":
                self._field(word, lock)

    def _field(self, word: str, lock: Lock) -> None:
        repeated = word == "repeated"
        if word in ("required", "group"):
            raise self._wrong(f"{word!r} is not proto3")
        if word in ("repeated", "optional"):
            word = self._next()
        if word == "map" and self._peek() == "<":
            self._next()
            key = self._next()
            self._expect(",")
            word = f"map<{key}, {self._next()}>"
            self._expect(">")
        name = self._next()
        self._expect("=")
        lock.fields[name] = FieldLock(self._number(), f"repeated {word}" if repeated else word)
        self._skip_statement()

    def _reserved(self, lock: Lock, kind: str) -> None:
        while True:
            word = self._next()
            if word[0] in "\"'":
                lock.reserved_names.append(word[1:-1])
            else:
                low = high = self._number(word)
                if self._peek() == "to":
                    self._next()
                    most = MAX_NUMBER if kind == "message" else 2**31 - 1
                    high = most if self._peek() == "max" else self._number(self._peek())
                    self._next()
                lock.reserved.append((low, high))
            if (sign := self._next()) == ";":
                return
            if sign != ",":
                raise self._wrong(f"{sign!r} stands where `,` or `;` should")

    def _next(self) -> str:
        if self._at >= len(self._tokens):
            raise UnreadableLock("it ends too early", self._text.count("\n") + 1)
        self._at += 1
        return self._tokens[self._at - 1][0]

    def _peek(self, ahead: int = 0) -> str:
        place = self._at + ahead
        return self._tokens[place][0] if place < len(self._tokens) else ""

    def _expect(self, sign: str) -> None:
        found = self._next()
        if found != sign:
            raise self._wrong(f"{found!r} stands where {sign!r} should")

    def _number(self, word: str | None = None) -> int:
        word = self._next() if word is None else word
        if word == "-":
            word += self._next()
        try:
            return int(word, 8) if re.fullmatch(r"-?0[0-7]+", word) else int(word, 0)
        except ValueError:
            raise self._wrong(f"{word!r} is no number") from None

    def _skip_statement(self) -> None:
        depth = 0
        while (word := self._next()) != ";" or depth:
            depth += (word in "{[") - (word in "}]")

    def _skip_block(self) -> None:
        while self._next() != "{":
            pass
        depth = 1
        while depth:
            word = self._next()
            depth += (word == "{") - (word == "}")

    def _wrong(self, why: str) -> UnreadableLock:
        return UnreadableLock(why, self._text.count("\n", 0, self._tokens[max(0, self._at - 1)][1]) + 1)
