"""Which third-party package is imported by which room: `python -m tests.architecture.third_party` prints the list.

The list is committed beside this file, so that a new import is seen by whoever reviews it.
"""

from __future__ import annotations

import sys
from collections import defaultdict

from .sources import files, imports

NAMESPACES = {"google", "opentelemetry"}
"""Packages without code of their own: what stands below them are packages."""


def package_of(module: str) -> str:
    """`sqlalchemy.ext.asyncio` -> `sqlalchemy`, `opentelemetry.sdk.trace` -> `opentelemetry.sdk`."""
    first, *rest = module.split(".")
    return f"{first}.{rest[0]}" if first in NAMESPACES and rest else first


def rooms() -> dict[str, set[str]]:
    """Package -> the rooms of app/ and the modules that import it; tests do not count."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in files("app", "modules"):
        for one in imports(path):
            tree, room, *_ = one.file.split("/")
            if one.module.split(".")[0] in {*sys.stdlib_module_names, "app", "modules"} or "/tests/" in one.file:
                continue
            module = f"{one.module}.{one.name}" if one.module in NAMESPACES else one.module
            found[package_of(module)].add(f"{tree}/{room}")
    return found


def listing() -> str:
    """The committed text."""
    lines = [f"{package:<24} {' '.join(sorted(where))}" for package, where in sorted(rooms().items())]
    return "\n".join(["# third-party package    imported by (`make imports` writes this file)", *lines, ""])


if __name__ == "__main__":
    sys.stdout.write(listing())
