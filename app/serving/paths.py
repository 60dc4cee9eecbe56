"""Paths as they were meant: a slash that came percent-encoded belongs to its segment, and bytes that are no text are
refused, or different paths would name the same thing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

SLASH = "\udc2f"
"""Stands for such a slash while the path is routed. No path that was decoded as UTF-8 has a lone surrogate."""

_ENCODED = re.compile(rb"%2[fF]")


def decoded(raw: bytes) -> str | None:
    """A raw path decoded; None where it is not valid UTF-8."""
    try:
        return SLASH.join(unquote_to_bytes(part).decode() for part in _ENCODED.split(raw.partition(b"?")[0]))
    except UnicodeDecodeError:
        return None


def restored(segments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Path parameters with their slashes."""
    return {name: value.replace(SLASH, "/") if isinstance(value, str) else value for name, value in segments.items()}


def shown(path: str) -> str:
    """A path for people and logs."""
    return path.replace(SLASH, "%2F")
