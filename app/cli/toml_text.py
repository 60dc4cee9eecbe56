"""Small, careful edits of a TOML text: what is not touched stays as it was, comments included.

It knows `[table]` headers and keys that stand in them, which is how the project's files are written. Whoever edits
compares what the text says afterwards with what it should say: other forms are found out that way.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

_HEADER = re.compile(r"\s*\[(?!\[)(?P<way>.+?)\]\s*(?:#.*)?$")
_KEY = re.compile(r"\s*(?P<key>[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')\s*=")
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")

Way = tuple[str, ...]


class TomlText:
    """A TOML document as lines."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()

    def __str__(self) -> str:
        return "\n".join(self._lines).rstrip("\n") + "\n"

    def set(self, table: Way, key: str, value: Any) -> None:
        """Give a key of a table another value; a new key goes below the others. A comment behind it stays."""
        start, end = self._span(table)
        for index in range(start + 1, end):
            found = _KEY.match(self._lines[index])
            if found and found["key"].strip("\"'") == key:
                last = self._end_of(index)
                comment = re.search(r"(\s+#[^\"'\]]*)$", self._lines[last])
                self._lines[index : last + 1] = [f"{key} = {_written(value)}{comment[1] if comment else ''}"]
                return
        while end - 1 > start and not self._lines[end - 1].split("#")[0].strip():
            end -= 1
        self._lines.insert(end, f"{key} = {_written(value)}")

    def add_table(self, table: Way, values: Mapping[str, Any]) -> None:
        """Add a table behind the last one that has the same parent; at the end where there is none."""
        lines = [_header(table), *(f"{key} = {_written(value)}" for key, value in values.items())]
        siblings = [way for way, _ in self._headers() if way[:-1] == table[:-1] or way[: len(table) - 1] == table[:-1]]
        if siblings:
            at = self._own_end(siblings[-1])
            self._lines[at:at] = ["", *lines]
        else:
            self._lines += ["", *lines]

    def remove_table(self, table: Way) -> None:
        """Remove a table and those inside it, with the comment right above it."""
        for way in [way for way, _ in self._headers() if way[: len(table)] == table][::-1]:
            start, _ = self._span(way)
            end = self._own_end(way)
            while start > 0 and self._lines[start - 1].lstrip().startswith("#"):
                start -= 1
            if end < len(self._lines) and not self._lines[end].strip():
                end += 1
            del self._lines[start:end]

    def copy_tables(self, source: Way, target: Way, comment: str) -> None:
        """Append a copy of all tables below `source`, renamed."""
        copied: list[str] = []
        for way, _ in self._headers():
            if way[: len(source)] == source:
                start, _ = self._span(way)
                copied += ["", _header((*target, *way[len(source) :])), *self._lines[start + 1 : self._own_end(way)]]
        self._lines += ["", f"# {comment}", *copied[1:]]

    def _headers(self) -> list[tuple[Way, int]]:
        found: list[tuple[Way, int]] = []
        index = 0
        while index < len(self._lines):
            line = self._lines[index]
            header = _HEADER.match(line)
            if header:
                found.append((_way(header["way"]), index))
            elif _KEY.match(line):
                index = self._end_of(index)
            index += 1
        return found

    def _span(self, table: Way) -> tuple[int, int]:
        """A table's header and the line behind its last one; an empty span at the end where it is not there."""
        headers = self._headers()
        for number, (way, index) in enumerate(headers):
            if way == table:
                return index, headers[number + 1][1] if number + 1 < len(headers) else len(self._lines)
        return len(self._lines), len(self._lines)

    def _own_end(self, table: Way) -> int:
        """The line behind a table's last key: comments and blank lines below belong to what follows."""
        start, end = self._span(table)
        while end - 1 > start and not self._lines[end - 1].split("#")[0].strip():
            end -= 1
        return end

    def _end_of(self, index: int) -> int:
        """The last line of the statement that begins on this line."""
        for last in range(index, len(self._lines)):
            try:
                tomllib.loads("\n".join(self._lines[index : last + 1]))
            except tomllib.TOMLDecodeError:
                continue
            return last
        return index


def _way(text: str) -> Way:
    try:
        node: Any = tomllib.loads(f"[{text}]")
    except tomllib.TOMLDecodeError:
        return ()
    way: list[str] = []
    while node:
        ((key, node),) = node.items()
        way.append(key)
    return tuple(way)


def _header(way: Way) -> str:
    return "[" + ".".join(part if _PLAIN.fullmatch(part) else _written(part) for part in way) + "]"


def _written(value: Any) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(_written, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
