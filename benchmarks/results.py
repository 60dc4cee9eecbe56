"""RESULTS.md: its parts come from different commands, and each keeps what the others wrote."""

from __future__ import annotations

from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"
HOT = "## The hot path"
"""The headline of the part that `python -m benchmarks.hot --write` writes."""
LOAD = "## The shop under load"
"""The headline of the part that `make load ARGS=--write` writes; it goes to the end."""


def keep_load(budgets: str, file: Path = RESULTS) -> None:
    """Write what comes first, and keep the rest."""
    _write(file, budgets, *_parts(file)[1:])


def keep_hot(hot: str, file: Path = RESULTS) -> None:
    """Write the hot path."""
    budgets, _, load = _parts(file)
    _write(file, budgets, hot, load)


def keep_budgets(load: str, file: Path = RESULTS) -> None:
    """Write the shop under load."""
    budgets, hot, _ = _parts(file)
    _write(file, budgets or "# What it costs\n", hot, load)


def _parts(file: Path) -> tuple[str, str, str]:
    before, load, after = (file.read_text() if file.is_file() else "").partition(f"{LOAD}\n")
    budgets, hot, between = before.partition(f"{HOT}\n")
    return budgets, hot + between, load + after


def _write(file: Path, *parts: str) -> None:
    file.write_text("\n\n".join(part.strip() for part in parts if part.strip()) + "\n")
