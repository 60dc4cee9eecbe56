"""Reads Markdown pages: their fenced blocks, their headings and their links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^(`{3,})(\S*)\s*$")
_NAME = re.compile(r"^(?:#|//) (?P<path>[\w.-]+(?:/[\w.-]+)*\.\w+)$")
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?P<to>[^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, and the line of its first line."""

    language: str
    text: str
    line: int

    @property
    def file(self) -> str:
        """The file that it is: what stands as a comment on its first line (`# modules/adder.py`), else empty."""
        found = _NAME.match(self.text.partition("\n")[0])
        return found["path"] if found else ""


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, from top to bottom."""
    found: list[Block] = []
    fence, language, held, began = "", "", [], 0
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        mark = _FENCE.match(line)
        if not fence and mark:
            fence, language, held, began = mark[1], mark[2], [], number + 1
        elif fence and line.rstrip() == fence:
            found.append(Block(language, "".join(f"{each}\n" for each in held), began))
            fence = ""
        elif fence:
            held.append(line)
    assert not fence, f"{page.name}:{began}: a block that does not end"
    return found


def prose(page: Path) -> Iterator[tuple[int, str]]:
    """The lines outside of blocks, with their numbers."""
    inside = False
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            yield number, line


def links(page: Path) -> list[tuple[int, str]]:
    """Where a page leads, with the lines."""
    return [(number, found["to"]) for number, line in prose(page) for found in _LINK.finditer(line)]


def anchors(page: Path) -> set[str]:
    """The fragments that a page's headings make, as GitHub forms them."""
    headings = (line.lstrip("#").strip() for _, line in prose(page) if re.match(r"#+ ", line))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def pages() -> list[Path]:
    """Every page for readers."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
