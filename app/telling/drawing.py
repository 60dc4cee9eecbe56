"""How refusals look as text: the sentence, where, the path that leads there, the near miss, the fix."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Sequence

from .refusals import Refusal, Site


def near_misses(wanted: str, known: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """The known names that look like the wanted one, best first; case does not count."""
    by_folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(wanted.casefold(), by_folded, n=most, cutoff=0.6)
    return tuple(by_folded[name] for name in close)


def draw(refusals: Sequence[Refusal]) -> str:
    """All refusals, numbered when there are several."""
    if len(refusals) == 1:
        return draw_one(refusals[0])
    parts = [f"{len(refusals)} things are wrong:"]
    parts += [f"{n}. {draw_one(refusal)}" for n, refusal in enumerate(refusals, 1)]
    return "\n\n".join(parts)


def draw_one(refusal: Refusal) -> str:
    """One refusal as a sentence and its evidence."""
    lines = [f"{refusal.says()}."]
    lines += [f"   at {draw_site(site)}" for site in refusal.sites]
    if refusal.path:
        lines += draw_path(refusal.path)
    if refusal.near:
        lines.append(f"   did you mean {_either(refusal.near)}?")
    if fix := refusal.fix():
        lines.append(f"   fix: {fix}.")
    return "\n".join(lines)


def draw_site(site: Site) -> str:
    """`modules/cart/module.py:12  Module(cart)`, the path relative to here where it lies below."""
    file = site.file
    if file and not os.path.relpath(file).startswith(".."):
        file = os.path.relpath(file)
    if not file:  # a variable or an option, say
        return site.what or "<unknown>"
    where = f"{file}:{site.line}" if site.line else file
    return f"{where}  {site.what}" if site.what else where


def draw_path(path: Sequence[str]) -> list[str]:
    """A staircase: each step is needed by the one above it. A path that returns to a step is drawn as a cycle."""
    lines: list[str] = []
    for depth, step in enumerate(path):
        lead = "   " if depth == 0 else "   " + "  " * (depth - 1) + "└ "
        again = "   ← again" if step in path[:depth] else ""
        lines.append(f"{lead}{step}{again}")
    return lines


def _either(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
