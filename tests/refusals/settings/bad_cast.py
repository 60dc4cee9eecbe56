"""One of dynaconf's casts that fails."""

from __future__ import annotations

from pathlib import Path

from tests.projects import configured

EXPECTED = """
`http.port` has a cast @int that cannot be evaluated.
   at config/settings.toml:2  default.http.port
   fix: write the value itself, or correct what follows the cast.
"""


def wrong(tmp_path: Path) -> object:
    return configured('[default.http]\nport = "@int many"\n', root=tmp_path)
