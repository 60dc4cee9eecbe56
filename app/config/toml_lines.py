"""Reads TOML files and finds the line on which a key stands: what `tomllib` forgets and a refusal needs."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..telling.refusals import Refused, Site
from ..telling.refusals.settings import BadToml

_HEADER = re.compile(r"\s*\[(?P<many>\[)?(?P<keys>[^\[\]]+|.*?)\]\]?\s*(?:#.*)?$")
_ERROR_LINE = re.compile(r"\s*\(at (?:line (?P<line>\d+), column \d+|end of document)\)")


def read_toml(path: Path) -> dict[str, Any]:
    """The file's table. Raises Refused(BadToml) with the line when it is not TOML, and OSError when it is not there."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Refused([BadToml(why=f"is not UTF-8 (byte {error.start})", sites=(Site(str(path), 1),))]) from None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # The parser quotes single characters and keys, never values: no secret is told.
        found = _ERROR_LINE.search(str(error))
        line = int(found["line"]) if found and found["line"] else text.count("\n") + 1
        why = _ERROR_LINE.sub("", str(error)) if isinstance(error, tomllib.TOMLDecodeError) else "nested too deep"
        raise Refused([BadToml(why=why, sites=(Site(str(path), line),))]) from None


def line_of(path: Path, key: tuple[str, ...]) -> int:
    """The line (from 1) on which a key stands, or the nearest one above it that is written; 0 when there is none."""
    try:
        lines = _lines(path, path.stat().st_mtime_ns)
    except OSError:
        return 0
    folded = tuple(part.casefold() for part in key)
    for length in range(len(folded), 0, -1):
        if (line := lines.get(folded[:length])) is not None:
            return line
    return 0


@lru_cache(maxsize=8)
def _lines(path: Path, _written: int) -> dict[tuple[str, ...], int]:
    """Each written key -> its line. Tables that are only implied stand where they are first implied."""
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    statement, start = "", 0
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if not statement:
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            if line.lstrip().startswith("["):
                header = _HEADER.match(line)
                table = _way(f"{header['keys']} = 0") if header else table
                _note(found, table, (), number)
                continue
            start = number
        statement += line + "\n"
        try:
            parsed = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:  # an array or a text that goes on below
            continue
        _note_all(found, table, parsed, start)
        statement = ""
    return found


def _way(assignment: str) -> tuple[str, ...]:
    try:
        node: Any = tomllib.loads(assignment)
    except tomllib.TOMLDecodeError:
        return ()
    way: list[str] = []
    while isinstance(node, dict):
        ((key, node),) = node.items()
        way.append(key.casefold())
    return tuple(way)


def _note_all(found: dict[tuple[str, ...], int], table: tuple[str, ...], parsed: dict[str, Any], line: int) -> None:
    for key, value in parsed.items():
        _note(found, table, (key.casefold(),), line)
        if isinstance(value, dict):
            _note_all(found, (*table, key.casefold()), value, line)


def _note(found: dict[tuple[str, ...], int], table: tuple[str, ...], key: tuple[str, ...], line: int) -> None:
    whole = (*table, *key)
    for length in range(1, len(whole)):
        found.setdefault(whole[:length], line)
    found.setdefault(whole, line)
