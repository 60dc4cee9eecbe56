"""`pangaea new module`: a complete small module with its test, in the house's shape."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from ..telling.refusals import Refused
from ..telling.refusals.commands import BadModuleName, ModuleExists

if TYPE_CHECKING:
    from ..host.project import Project

TEMPLATES = Path(__file__).parent / "templates"
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_TAKEN = frozenset(("app", "modules", "tests", "test", "config", "module", "contract"))
_INSIDE = frozenset(("greet", "greeting", "no_name"))


def check_name(name: str) -> str:
    """The name, if a module can have it. Raises Refused (BadModuleName)."""
    why = ""
    if not _NAME.fullmatch(name):
        why = "it is not written like one"
    elif keyword.iskeyword(name) or keyword.issoftkeyword(name):
        why = "it is a word of Python"
    elif name in _TAKEN or name.startswith("test_"):
        why = "it means something else here"
    elif name in _INSIDE:
        why = "something in it would be called the same"
    if why:
        raise Refused([BadModuleName(name=name, why=why)])
    return name


def new_module(project: Project, name: str, *, one_file: bool = False) -> list[Path]:
    """Write a module that answers one query, its test and its lock; returns the files. Raises Refused; nothing that is
    there is overwritten."""
    check_name(name)
    folder, file = project.root / "modules" / name, project.root / "modules" / f"{name}.py"
    for taken in (folder, file):
        if taken.exists():
            raise Refused([ModuleExists(name=name, file=str(taken.relative_to(project.root)))])
    return _write(project.root, name, "file" if one_file else "package")


def _write(root: Path, name: str, shape: str) -> list[Path]:
    words = {
        "name": name,
        "Name": "".join(part.capitalize() for part in name.split("_")),
        "route": name.replace("_", "-"),
        "title": name.replace("_", " ").capitalize(),
    }
    written: list[Path] = []
    for template in sorted((TEMPLATES / shape).rglob("*.txt")):
        target = root / str(template.relative_to(TEMPLATES / shape)).removesuffix(".txt").replace("NAME", name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(template.read_text("utf-8")).substitute(words), "utf-8")
        written.append(target)
    package = root / "modules" / "__init__.py"
    if not package.exists():
        package.touch()
    return [*written, *_lock(root, name)]


def _lock(root: Path, name: str) -> list[Path]:
    """The new module's own lock; those of others are none of our business."""
    from .contracts import texts_of

    mine = (root / "modules" / name, root / "modules" / f"{name}.proto")
    written: list[Path] = []
    for path, text in texts_of(root).items():
        if path == mine[1] or path.is_relative_to(mine[0]):
            path.write_text(text, "utf-8")
            written.append(path)
    return written


def unplaced(project: Project, name: str) -> list[str]:
    """The topologies that do not run a module: no process of theirs takes what is not named."""
    from ..placing.topology import ALL

    return [
        topology
        for topology, plan in project.topologies.items()
        if not any(ALL in process.modules or name in process.modules for process in plan.processes.values())
    ]
