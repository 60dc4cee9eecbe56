"""Every row by name, in the order of the table."""

from __future__ import annotations

from ..row import Setup
from . import moleculer, start

ROWS: dict[str, Setup] = {**moleculer.ROWS, **start.ROWS}
