"""A project in a folder whose `modules` package stands in for ours as long as a test needs it."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from app.module.spec import _read

from .projects import written


@contextmanager
def own_modules(root: Path, files: Mapping[str, str]) -> Generator[Path]:
    """Write files below `root/modules` and let `modules` be imported from there; afterwards all is as before."""
    written(root, {"modules/__init__.py": "", **{f"modules/{name}": text for name, text in files.items()}})
    ours = {name: module for name, module in sys.modules.items() if _is_module(name)}
    path, bytecode = list(sys.path), sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # files change faster than their times tell
    sys.path.insert(0, str(root))
    forget()
    try:
        yield root
    finally:
        forget()
        sys.modules.update(ours)
        sys.path[:], sys.dont_write_bytecode = path, bytecode


def forget() -> None:
    """Let the next import read the files anew."""
    importlib.invalidate_caches()  # a folder's time tells nothing of what changes within one tick of the clock
    for name in [name for name in sys.modules if _is_module(name)]:
        del sys.modules[name]
    for contract in [contract for contract in _read if _is_module(contract.__module__)]:
        del _read[contract]


def git(folder: Path, *arguments: str) -> None:
    """Run git as somebody, without signing."""
    who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def _is_module(name: str) -> bool:
    return name.partition(".")[0] == "modules"
