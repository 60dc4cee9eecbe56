"""How commands speak: tables for people through rich, JSON for scripts, refusals on stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from ..observing.console import columns
from ..telling.drawing import draw
from ..telling.refusals import Refusal, Refused

if TYPE_CHECKING:
    from rich.console import Console


def console(*, stderr: bool = False) -> Console:
    """Rich's console: colours on a terminal, plain text elsewhere, never wrapped into pieces when it is no terminal."""
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False, soft_wrap=True)
    if not made.is_terminal:
        made = Console(stderr=stderr, highlight=False, soft_wrap=True, width=200)
    return made


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "") -> None:
    """Print rows below a head, aligned, without frames: readable in a terminal and greppable in a file."""
    if not sys.stdout.isatty():
        print("\n".join(columns([tuple(head), *map(tuple, rows)], lead="")))
        return
    from rich.table import Table
    from rich.text import Text

    drawn = Table(
        box=None, pad_edge=False, show_edge=False, header_style="dim", title=title or None, title_justify="left"
    )
    for name in head:
        drawn.add_column(name, no_wrap=True, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text.from_ansi(cell) for cell in row))
    console().print(drawn)


def say(text: str) -> None:
    """A line for people, in rich's markup."""
    console().print(text)


def note(text: str) -> None:
    """A line about the doing rather than its result: on stderr, so that pipes stay clean; after what was printed before."""
    sys.stdout.flush()
    print(text, file=sys.stderr)


def put_json(value: Any) -> None:
    """JSON for scripts, on stdout, indented."""
    encoded = msgspec.json.encode(value, enc_hook=str)
    sys.stdout.write(msgspec.json.format(encoded, indent=2).decode() + "\n")


def show_refused(refused: Refused, *, as_json: bool = False) -> None:
    """Tell refusals: drawn on stderr; for scripts also as JSON on stdout."""
    if as_json:
        put_json({"ok": False, "refusals": [facts_of(refusal) for refusal in refused.refusals]})
    print(draw(refused.refusals), file=sys.stderr)


def facts_of(refusal: Refusal) -> dict[str, Any]:
    """A refusal for scripts: its kind is stable, its sentences are for people."""
    return {
        "kind": refusal.kind,
        "says": refusal.says(),
        "fix": refusal.fix(),
        "near": list(refusal.near),
        "path": list(refusal.path),
        "sites": [{"file": site.file, "line": site.line, "what": site.what} for site in refusal.sites],
    }
