"""The host: composes the rooms. `Host` runs one process; `run` does so for an operating system; `check` proves a plan.

Names are fetched when they are asked for, so that a check needs no server and a server no checker.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .composition import Host as Host
    from .process import run as run
    from .project import Project as Project
    from .project import project_root as project_root

_FACE = {"Host": "composition", "run": "process", "Project": "project", "project_root": "project"}


def __getattr__(name: str) -> Any:
    if name not in _FACE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_FACE[name]}", __name__), name)
