"""Compares what a page shows with what a command printed. `…` stands for anything: within a line, or alone for lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

ANY = "…"


def agrees(shown: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether the lines printed are those shown."""

    @cache
    def from_here(at: int, to: int) -> bool:
        if at == len(shown):
            return to == len(printed)
        if shown[at].strip() == ANY:
            return any(from_here(at + 1, later) for later in range(to, len(printed) + 1))
        return to < len(printed) and _line(shown[at], printed[to]) and from_here(at + 1, to + 1)

    return from_here(0, 0)


def trimmed(text: str) -> list[str]:
    """A text's lines without blanks at their ends, and without empty lines around them."""
    lines = [line.rstrip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def _line(shown: str, printed: str) -> bool:
    if ANY not in shown:
        return shown == printed
    pattern = ".*".join(re.escape(part) for part in shown.split(ANY))
    return re.fullmatch(pattern, printed) is not None
