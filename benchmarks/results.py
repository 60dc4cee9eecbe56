"""RESULTS.md: its parts come from different commands, and each keeps what the others wrote."""

from __future__ import annotations

from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"
LOAD = "## The shop under load"
"""The headline of the part that `make load ARGS=--write` writes; it goes to the end."""


def keep_load(budgets: str, file: Path = RESULTS) -> None:
    """Write what comes before the shop under load."""
    _write(file, budgets, _parts(file)[1])


def keep_budgets(load: str, file: Path = RESULTS) -> None:
    """Write the shop under load."""
    _write(file, _parts(file)[0] or "# What it costs\n", load)


def _parts(file: Path) -> tuple[str, str]:
    before, headline, after = (file.read_text() if file.is_file() else "").partition(f"{LOAD}\n")
    return before, headline + after


def _write(file: Path, *parts: str) -> None:
    file.write_text("\n\n".join(part.strip() for part in parts if part.strip()) + "\n")
