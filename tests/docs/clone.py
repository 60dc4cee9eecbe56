"""A clone of this repository to try a page in: what a reader has after `git clone` and `make`, without downloading it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from .markdown import ROOT

TAKEN = ("config", "modules", "scripts", "Makefile", "pyproject.toml", "requirements-dev.txt", "LICENSE", "README.md")
_LEFT = shutil.ignore_patterns("__pycache__", "*.local.toml", ".secrets.toml")


def clone(folder: Path) -> Path:
    """Copy what a project consists of into a folder; its `.venv` is the one that runs the tests."""
    folder.mkdir(exist_ok=True)
    for name in TAKEN:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=_LEFT)
        else:
            shutil.copy2(ROOT / name, folder / name)
    venv = folder / ".venv"
    venv.mkdir()
    for entry in Path(sys.prefix).iterdir():
        if entry.name != ".ready":  # it says where the environment was made
            (venv / entry.name).symlink_to(entry)
    (venv / ".ready").write_text(f"{folder}\n")
    return folder


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """The variables of a shell in a clone: none of ours, the programs of its `.venv` first."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PANGAEA_", "PYTEST_"))}
    return {
        **kept,
        "PATH": f"{folder / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "NO_COLOR": "1",
        "COLUMNS": "80",
        **variables,
    }
