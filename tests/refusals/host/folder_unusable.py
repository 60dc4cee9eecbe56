"""The folder for the sockets of this machine's processes cannot be made, since a file has its name."""

from __future__ import annotations

from pathlib import Path

from app.host.folders import closed_folder

EXPECTED = """
    the folder data/run/mixed cannot be used: not a directory.
       fix: make it writable for this user, or name another one with data.dir (PANGAEA_DATA_DIR).
"""


def wrong(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    closed_folder(tmp_path / "data" / "run" / "mixed")
