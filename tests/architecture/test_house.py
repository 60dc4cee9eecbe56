"""The house rules that a reader notices first: sizes, names, and a sentence at every door."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.sources import ROOT, files, parsed, shown

LONGEST = 300
DRAWERS = {
    "util",
    "utils",
    "common",
    "base",
    "manager",
    "managers",
    "core",
    "helper",
    "helpers",
    "misc",
    "shared",
    "lib",
}
UNFINISHED = re.compile(r"#\s*(TODO|FIXME|XXX|HACK)\b")
SILENCED = re.compile(r"#\s*(type: ignore(?!\[)|pyright: ignore(?!\[)|noqa(?!: ))")


def test_no_file_is_longer_than_a_reader_holds() -> None:
    lengths = {shown(path): len(path.read_text().splitlines()) for path in files()}
    assert {file: length for file, length in lengths.items() if length > LONGEST} == {}


def test_no_file_or_folder_is_a_drawer() -> None:
    drawers = [
        shown(path)
        for path in files()
        if DRAWERS & {word for part in path.relative_to(ROOT).with_suffix("").parts for word in part.split("_")}
    ]
    assert drawers == []


def test_every_file_says_what_it_is_for() -> None:
    silent = [shown(path) for path in files() if not _may_be_silent(path) and not _docstring(path)]
    assert silent == []


def _docstring(path: Path) -> str | None:
    return ast.get_docstring(parsed(path))


def _may_be_silent(path: Path) -> bool:
    """A package's `__init__.py` with nothing in it."""
    return path.name == "__init__.py" and not path.read_text().strip()


def _lines_with(pattern: re.Pattern[str], *trees: str) -> list[str]:
    return [
        f"{shown(path)}:{number}"
        for path in files(*trees)
        if path != Path(__file__)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]


def test_nothing_is_left_for_later() -> None:
    assert _lines_with(UNFINISHED) == []


def test_whoever_silences_a_checker_names_the_rule() -> None:
    assert _lines_with(SILENCED, "app", "modules", "benchmarks") == []
