"""A secrets file with a mistake: the secret beside it is not repeated."""

from __future__ import annotations

from pathlib import Path

from tests.projects import configured

EXPECTED = """
.secrets.toml is not TOML: Invalid value.
   at config/.secrets.toml:2
   fix: correct the line; the format is described at toml.io.
"""


def wrong(tmp_path: Path) -> object:
    return configured(files={"config/.secrets.toml": "[default.deployment]\nkey = hunter2\n"}, root=tmp_path)
