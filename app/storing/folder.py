"""The data folder, for what modules keep in files rather than in a database."""

from __future__ import annotations

from pathlib import Path


class DataFolder:
    """Inject it: `data.path` is the configured `data.dir`, absolute. All modules and processes of a machine share it.

    Nothing is made on disk for asking: whoever writes makes folders of their own below it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"DataFolder({str(self.path)!r})"
