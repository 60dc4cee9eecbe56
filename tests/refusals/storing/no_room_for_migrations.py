"""A module of one file gets a migration."""

from __future__ import annotations

from pathlib import Path

from app.storing.authoring import next_revision

EXPECTED = """
    orders is a single file, and migrations lie in a folder of their module.
       at orders.py:1  orders
       fix: make it a package: move it to modules/orders/module.py.
"""


def wrong(tmp_path: Path) -> object:
    (tmp_path / "orders.py").write_text("")
    return next_revision("orders", tmp_path / "orders", "orders and their lines")
