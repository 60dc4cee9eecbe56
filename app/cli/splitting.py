"""Moves a module into another process by editing config/topologies.toml as text: comments and layout stay."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..placing.places import Places
from ..placing.topology import ALL
from ..telling.drawing import near_misses
from ..telling.refusals import Refused
from ..telling.refusals.commands import CannotSplit
from ..telling.refusals.placing import UnknownModule
from .toml_text import TomlText

if TYPE_CHECKING:
    from ..host.project import Project

NEW = "split"
"""The topology that is written where none is named."""


@dataclass(frozen=True, slots=True)
class Split:
    """The file before and after; `process` is where the module ran before, empty for nowhere."""

    file: Path
    topology: str
    before: str
    after: str
    process: str


def split(project: Project, module: str, into: str, topology: str = "", base: str = "") -> Split:
    """What the file of topologies says once a module runs in another process. Raises Refused; writes nothing.

    topology: the one to change; one that is not there is begun as a copy of `base`, by default the default topology.
    A process that gets nothing left to do is removed. The doors to the outside stay where they were.
    """
    topologies = project.topologies
    if module not in project.found.names:
        known = project.found.names
        near = near_misses(module, known)
        raise Refused([UnknownModule(module=module, where="the command", known=known, near=near)])
    name = topology or NEW
    copied = name not in topologies
    source = topologies.find(base if copied else name)[0]
    before = topologies.path.read_text("utf-8")
    text, wanted = TomlText(before), tomllib.loads(before)
    if copied:
        text.copy_tables(("topologies", source), ("topologies", name), f"{source}, with {module} by itself")
        wanted["topologies"][name] = copy.deepcopy(wanted["topologies"][source])
    places = Places(topologies, source, project.found, topologies.path.parent)
    plan = wanted["topologies"][name]
    at = places.running.get(module, ())
    if into in at:
        return Split(topologies.path, name, before, before, into)
    if len(at) > 1:
        why, cure = f"{', '.join(at)} run it on purpose", "edit the topology by hand"
        raise Refused([CannotSplit(module=module, why=why, cure=cure)])
    served = places.edges(at[0]) if at else ()
    changes = _moved(plan["processes"], module, into, at[0] if at else "", served, gateway=bool(places.gateways))
    for process, values in changes.items():
        _apply(text, ("topologies", name, "processes", process), plan["processes"], values)
    after = str(text)
    if _parsed(after) != wanted:
        why, cure = "the file writes that topology in a form that is not edited safely", "edit it by hand"
        raise Refused([CannotSplit(module=module, why=why, cure=cure)])
    return Split(topologies.path, name, before, after, at[0] if at else "")


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _moved(
    processes: Mapping[str, Any], module: str, into: str, at: str, served: tuple[str, ...], *, gateway: bool
) -> dict[str, dict[str, Any] | None]:
    """Process -> its keys that change; None for a process that has nothing left to do."""
    changes: dict[str, dict[str, Any] | None] = {}
    if at and module in processes[at].get("modules", ()):
        rest = [other for other in processes[at]["modules"] if other != module]
        changes[at] = {"modules": rest} if rest or processes[at].get("edges") else None
    if into in processes:
        own = processes[into].get("modules", [])
        if ALL not in own:
            changes[into] = {"modules": [*own, module]}
        return changes
    changes[into] = {"modules": [module]}
    if not gateway and at and changes.get(at, {}) is not None and "edges" not in processes[at]:
        door: list[str] = [ALL] if len(processes) == 1 else list(served)
        changes[at] = {**(changes.get(at) or {}), "edges": door}
        if door != [ALL]:
            changes[into] = {"modules": [module], "edges": []}
    return changes


def _apply(text: TomlText, table: tuple[str, ...], processes: dict[str, Any], values: Mapping[str, Any] | None) -> None:
    """One process's change, in the text and in what the text should say."""
    process = table[-1]
    if values is None:
        text.remove_table(table)
        del processes[process]
        return
    if process not in processes:
        text.add_table(table, values)
        processes[process] = dict(values)
        return
    for key, value in values.items():
        text.set(table, key, value)
        processes[process][key] = value
