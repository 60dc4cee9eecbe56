"""The proof behind `pangaea check`: the deployment as a whole, and the graph of every process, nothing started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..telling.refusals import Refusal, Refused

if TYPE_CHECKING:
    from ..host.project import Project
    from ..placing.check import Report


def prove(project: Project) -> Report:
    """Check every topology and wire every process of each. Raises Refused with everything that is wrong anywhere."""
    refusals: dict[Refusal, None] = {}
    report: Report | None = None
    try:
        report = project.check()
    except Refused as refused:
        refusals |= dict.fromkeys(refused.refusals)
    for topology, plan in _topologies(project, refusals).items():
        for process in plan:
            try:
                _wire(project, topology, process)
            except Refused as refused:
                refusals |= dict.fromkeys(refused.refusals)
    if refusals or report is None:
        raise Refused(refusals)
    return report


def _topologies(project: Project, refusals: dict[Refusal, None]) -> dict[str, tuple[str, ...]]:
    try:
        return {name: tuple(topology.processes) for name, topology in project.topologies.items()}
    except Refused as refused:
        refusals |= dict.fromkeys(refused.refusals)
        return {}


def _wire(project: Project, topology: str, process: str) -> None:
    from ..host.composition import Host

    plan, config = project.plan(topology, process)
    Host(plan, project.found, config).wire()
