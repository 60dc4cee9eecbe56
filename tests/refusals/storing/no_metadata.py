"""Tables that share no MetaData are compared with the migrations."""

from __future__ import annotations

from pathlib import Path

from app.storing.comparing import metadata_of
from tests.own_modules import own_modules

EXPECTED = """
    the tables of orders are looked for in one MetaData, and its storage.py has 2: `first` and `second`.
       at modules/orders/storage.py:1  storage.py
       fix: let all tables share one.
"""

STORAGE = """
from sqlalchemy import MetaData

first = MetaData()
second = MetaData()
"""


def wrong(tmp_path: Path) -> object:
    with own_modules(tmp_path, {"orders/__init__.py": "", "orders/storage.py": STORAGE}) as root:
        return metadata_of("orders", root / "modules" / "orders")
