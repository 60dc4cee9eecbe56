"""A cookie's name that is none."""

from __future__ import annotations

from pathlib import Path

from tests.projects import configured

EXPECTED = """
`identity.cookie` expects text, matching ^[!#$%&'*+.^_`|~0-9A-Za-z-]*$, and got "signed in".
   at config/settings.toml:2  default.identity.cookie
"""


def wrong(tmp_path: Path) -> object:
    return configured('[default.identity]\ncookie = "signed in"\n', root=tmp_path)
