"""Log lines for people: aligned, coloured where the terminal allows, long texts below their line."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Any

RESET, BOLD, DIM = "\x1b[0m", "\x1b[1m", "\x1b[2m"
RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN = (f"\x1b[3{n}m" for n in range(1, 7))
LEVEL_COLOURS = {"debug": DIM, "info": GREEN, "warning": YELLOW, "error": RED}

_ALWAYS = ("time", "level", "module", "event", "process", "stack", "trace_id", "span_id")
_DURATIONS = ("seconds", "retry_in", "restart_in")


class Console:
    """Renders an event's fields as one line: `12:00:01.234 info    cart      hook started  hook=… 12 ms`."""

    def __init__(self, colours: bool) -> None:
        self.colours = colours
        self._width = 8

    def paint(self, text: str, colour: str) -> str:
        return f"{colour}{text}{RESET}" if self.colours else text

    def __call__(self, fields: Mapping[str, Any]) -> str:
        level, module = str(fields.get("level", "info")), str(fields.get("module", ""))
        self._width = max(self._width, min(len(module), 16))
        line = "  ".join((
            self.paint(str(fields.get("time", "")), DIM),
            self.paint(f"{level:<7}", LEVEL_COLOURS.get(level, "")),
            self.paint(f"{module:<{self._width}}", CYAN),
            self.paint(str(fields.get("event", "")), BOLD if level != "debug" else DIM),
        ))  # fmt: skip
        below: list[str] = []
        for name, value in fields.items():
            if name in _ALWAYS:
                continue
            text = shown(name, value)
            if "\n" in text:
                below.append(f"{name}:\n{text}" if name not in ("text", "tree") else text)
            else:
                line += f"  {self.paint(name + '=', DIM)}{text}"
        if trace := fields.get("trace_id"):
            line += f"  {self.paint(f'trace={str(trace)[:8]}', DIM)}"
        if stack := fields.get("stack"):
            below.append(str(stack))
        return "\n".join((line, *(_indented(text) for text in below)))


def shown(name: str, value: Any) -> str:
    """A field's value for people: times in ms or s, lists joined, `-` for nothing, texts quoted only where they would
    run together."""
    if name in _DURATIONS and isinstance(value, (int, float)):
        return duration(value)
    if isinstance(value, (tuple, list)):
        return ",".join(shown("", item) for item in value) or "-"
    if isinstance(value, str):
        return (value or "-") if "\n" in value or not any(c.isspace() or c == "=" for c in value) else repr(value)
    return as_text(value, str)


def as_text(value: object, how: Callable[[object], str] = repr) -> str:
    """A value's repr or str; one that raises is said to be there. Logging must never fail what is logged."""
    try:
        return how(value)
    except Exception:
        return f"<{type(value).__name__} that cannot be shown>"


def duration(seconds: float) -> str:
    """`0.4 ms`, `12 ms`, `1.3 s`."""
    if seconds >= 1:
        return f"{seconds:.1f} s"
    milliseconds = seconds * 1000
    return f"{milliseconds:.1f} ms" if milliseconds < 10 else f"{milliseconds:.0f} ms"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.rstrip().splitlines())


def columns(rows: list[tuple[str, ...]], lead: str = "  ") -> list[str]:
    """Rows as aligned columns, two spaces between them."""
    if not rows:
        return []
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        (lead + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip() for row in rows
    ]


def listed(names: Iterable[str], widest: int) -> list[str]:
    """Names with commas, as many on a line as fit into that many characters, none of them broken; `-` for none."""
    whole = ", ".join(name.replace(" ", "\xa0") for name in names)
    lines = textwrap.wrap(whole, widest, break_long_words=False, break_on_hyphens=False)
    return [line.replace("\xa0", " ") for line in lines] or ["-"]
