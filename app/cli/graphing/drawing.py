"""What a picture of the project shows, before any format: boxes in groups, and arrows between boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ...placing.discovery import exported
from ...placing.needs import needs
from ...placing.topology import ALL

if TYPE_CHECKING:
    from ...host.project import Project
    from ...module.contract import Contract
    from ...placing.topology import Topology

EDGE = "the edge of "
"""Before a process's name: the box that stands for what it serves of others."""


@dataclass(frozen=True, slots=True)
class Box:
    """A module, an external service, or an edge that stands apart from the modules that it serves."""

    name: str
    title: str
    kind: Literal["module", "external", "edge"]
    contracts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The boxes of one process; `framed` is False where no topology places them."""

    name: str
    title: str
    boxes: tuple[Box, ...]
    framed: bool


@dataclass(frozen=True, slots=True)
class Arrow:
    """Who needs whom, by which contracts; `forwards`: an edge hands on what it is asked."""

    source: str
    target: str
    contracts: tuple[str, ...] = ()
    forwards: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole picture."""

    title: str
    groups: tuple[Group, ...]
    arrows: tuple[Arrow, ...]


def read_drawing(project: Project, topology: str | None) -> Drawing:
    """The project's modules by themselves, or as a topology places them. Raises Refused."""
    boxes: dict[str, Box] = {}
    wanted: dict[tuple[str, str], list[str]] = {}
    plan = None if topology is None else project.topologies.find(topology)
    externals = _externals(plan[1]) if plan else {}
    for name in project.found.names:
        module = project.found.load(name)
        contracts = tuple(contract.__name__ for contract in exported(module))
        boxes[name] = Box(name, name, "module", contracts)
        for need in needs(module):
            target = _answerer(project, need.contract, externals, boxes)
            if target != name:
                found = wanted.setdefault((name, target), [])
                if need.contract.__name__ not in found:
                    found.append(need.contract.__name__)
    arrows = [Arrow(source, target, tuple(contracts)) for (source, target), contracts in wanted.items()]
    if plan is None:
        groups = [Group(box.name, "", (box,), framed=False) for box in boxes.values()]
        return Drawing("modules", tuple(groups), tuple(arrows))
    return _placed(project, *plan, boxes, arrows)


def _placed(project: Project, name: str, topology: Topology, boxes: dict[str, Box], arrows: list[Arrow]) -> Drawing:
    groups: list[Group] = []
    shown: dict[str, str] = {}  # a module that several processes run is drawn where it stands first
    for process, value in topology.processes.items():
        plan, _ = project.plan(name, process)
        inside = [boxes[module] for module in plan.modules if shown.setdefault(module, process) == process]
        served = [module for module in plan.http if module not in plan.modules and module in boxes]
        if served:
            edge = Box(f"{EDGE}{process}", "HTTP · gRPC", "edge", ("everything",) if ALL in (value.edges or ()) else ())
            inside.insert(0, edge)
            arrows += [Arrow(edge.name, module, forwards=True) for module in (*served, *plan.modules)]
        title = f"{process} × {value.replicas}" if value.replicas > 1 else process
        groups.append(Group(process, title, tuple(inside), framed=True))
    groups += [Group(box.name, "", (box,), framed=False) for box in boxes.values() if box.kind == "external"]
    drawn = {box.name for group in groups for box in group.boxes}
    return Drawing(
        name, tuple(groups), tuple(arrow for arrow in arrows if arrow.source in drawn and arrow.target in drawn)
    )


def _externals(topology: Topology) -> dict[str, str]:
    return {value.contract: name for name, value in topology.external.items()}


def _answerer(project: Project, contract: type[Contract], externals: dict[str, str], boxes: dict[str, Box]) -> str:
    """The box that answers a contract; made here where no module of the project does."""
    name = externals.get(contract.__name__) or externals.get(contract.__service__)
    if name is None:
        owner = project.found.owner(contract)
        if owner is not None:
            return owner
        name = contract.__name__
    known = boxes.get(f"external {name}")
    contracts = dict.fromkeys((*(known.contracts if known else ()), contract.__name__))
    boxes[f"external {name}"] = Box(f"external {name}", name, "external", tuple(contracts))
    return f"external {name}"
