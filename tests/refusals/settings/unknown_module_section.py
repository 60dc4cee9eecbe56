"""A section for a module that does not exist."""

from __future__ import annotations

from pathlib import Path

from tests.projects import configured

EXPECTED = """
`modules.crt` configures a module that does not exist.
   at config/settings.toml:1  default.modules.crt
   did you mean `cart`?
   fix: the modules: `cart`, `catalog`.
"""


def wrong(tmp_path: Path) -> object:
    return configured("[default.modules.crt]\nmax_lines = 5\n", known=["cart", "catalog"], root=tmp_path)
