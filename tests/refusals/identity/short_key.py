"""A key for tokens that is shorter than RFC 7518 asks for: it is named and not shown."""

from __future__ import annotations

from pathlib import Path

from tests.projects import configured

EXPECTED = """
`identity.key` expects text, 32 or longer, kept secret, and got something else.
   at variable PANGAEA_IDENTITY_KEY
"""


def wrong(tmp_path: Path) -> object:
    return configured(variables={"PANGAEA_IDENTITY_KEY": "hunter2"}, root=tmp_path)
