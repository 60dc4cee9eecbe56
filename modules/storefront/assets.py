"""The shop's own files: stylesheet, script, drawings. Their addresses carry a hash, so browsers may keep them."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

FOLDER = Path(__file__).parent / "static"
PICTURES = "img/products/"
NEUTRAL = f"{PICTURES}neutral.svg"
"""Stands in for every picture that nobody has drawn."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file, ready to be sent."""

    body: bytes
    media_type: str
    version: str


class Assets:
    """All files below `static/`, read once."""

    def __init__(self) -> None:
        self._files: dict[str, Asset] = {}
        for path in sorted(FOLDER.rglob("*")):
            if path.is_file():
                self._files[path.relative_to(FOLDER).as_posix()] = _read(path)

    def get(self, name: str) -> Asset | None:
        """A file by its path below `/static/`."""
        return self._files.get(name)

    def url(self, name: str) -> str:
        """Where a file is, with its hash. Raises KeyError: there is none."""
        return f"/static/{name}?v={self._files[name].version}"

    def picture(self, path: str) -> str:
        """The drawing for a product's picture, whatever ending the catalogue has it under."""
        return self.url(self.drawing(path))

    def drawing(self, path: str) -> str:
        """The name of that drawing."""
        name = _drawing(path)
        return name if name in self._files else NEUTRAL


@lru_cache(maxsize=1024)
def _drawing(path: str) -> str:
    return f"{PICTURES}{PurePosixPath(path).stem}.svg"


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    media_type = mimetypes.types_map.get(path.suffix, "application/octet-stream")
    return Asset(body, media_type, hashlib.sha256(body).hexdigest()[:16])
