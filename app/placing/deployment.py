"""What must hold across the processes of one topology: plans, ports, database connections, controllers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..module.contract import Contract
from ..module.declaration import Module
from ..telling.refusals import Refusal
from ..telling.refusals.deployment import ControllerUnserved, PortConflict, TooManyConnections
from .discovery import family
from .doors import Door, colliding, split
from .needs import needs, uses_database
from .places import Places
from .plan import ProcessPlan, plan_in

if TYPE_CHECKING:
    from ..config import Config


@dataclass(frozen=True, slots=True)
class Link:
    """A module that needs a contract, and the module or external service that answers it."""

    module: str
    contract: type[Contract]
    by: str
    placement: str
    """local, remote or external, as the module's process sees it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds in one topology."""

    topology: str
    processes: Mapping[str, tuple[ProcessPlan, ...]]
    """The plan of each replica, by process."""
    links: tuple[Link, ...]


class Deployment:
    """One topology with all its processes. `facts` appends what is wrong to `refusals`."""

    def __init__(
        self,
        places: Places,
        config: Config,
        environ: Mapping[str, str],
        modules: Mapping[str, Module],
        refusals: list[Refusal],
    ) -> None:
        self.places, self.config, self.modules, self.refusals = places, config, modules, refusals
        self.environ = {name: value for name, value in environ.items() if name != "PANGAEA_REPLICA"}

    def facts(self) -> Facts:
        """Plan every replica of every process and hold them against each other."""
        places = self.places
        self.refusals += places.refusals
        self.refusals += places.unplaced()
        plans: dict[str, tuple[ProcessPlan, ...]] = {}
        for process, value in places.topology.processes.items():
            environs = ({**self.environ, "PANGAEA_REPLICA": str(n)} for n in range(value.replicas))
            replicas = [plan_in(places, process, self.config, environ, self.refusals) for environ in environs]
            plans[process] = tuple(plan for plan in replicas if plan is not None)
        self._ports(plans)
        self._connections()
        self._controllers()
        return Facts(places.name, plans, self._links(plans))

    def _links(self, plans: Mapping[str, tuple[ProcessPlan, ...]]) -> tuple[Link, ...]:
        links: dict[Link, None] = {}
        for replicas in plans.values():
            for plan in replicas[:1]:
                for name in plan.modules:
                    for need in needs(self.modules[name]):
                        if (answer := plan.answers.get(need.contract)) is not None:
                            links[Link(name, need.contract, answer.module or answer.by, answer.placement)] = None
        return tuple(links)

    def _ports(self, plans: Mapping[str, tuple[ProcessPlan, ...]]) -> None:
        """Two edges on one address. Where each process has a machine of its own, only within a process."""
        apart = self.places.topology.peers == "dns"
        doors: dict[tuple[str, str], list[Door]] = {}
        for process, replicas in plans.items():
            for plan in replicas:
                who = f"{process}-{plan.replica}" if len(replicas) > 1 else process
                edges = {
                    "http": plan.http_address,
                    "grpc": plan.grpc_address,
                    "management": plan.management_address,
                    "peers": plan.peer_address,
                    "peers beside": plan.beside.address if plan.beside is not None else None,
                }
                for edge, address in edges.items():
                    if address and not address.endswith(":0"):
                        host, port = split(address)
                        doors.setdefault((who if apart else "", port), []).append(
                            Door(host, f"{who} ({edge})", process)
                        )
        for (_, port), wanted in doors.items():
            for group in colliding(wanted):
                sites = tuple(
                    self.places.site("processes", process) for process in dict.fromkeys(door.process for door in group)
                )
                by = tuple(door.says for door in group)
                self.refusals.append(PortConflict(topology=self.places.name, address=port, by=by, sites=sites))

    def _connections(self) -> None:
        """Replicas × the pool of each process that uses the database, against what the server grants."""
        database = self.config.database
        if not (database.limit and database.url):
            return
        pool = database.pool_size + database.max_overflow
        parts: list[str] = []
        total = 0
        for process, value in self.places.topology.processes.items():
            loaded = (self.modules[name] for name in self.places.modules[process] if name in self.modules)
            if any(uses_database(module) for module in loaded):
                total += value.replicas * pool
                parts.append(f"{process}: {value.replicas} × {pool}" if value.replicas > 1 else f"{process}: {pool}")
        if total > database.limit:
            sites = (self.config.origin("database", "limit").site(), self.places.site())
            self.refusals.append(
                TooManyConnections(
                    topology=self.places.name,
                    connections=total,
                    limit=database.limit,
                    reckoning=", ".join(parts),
                    sites=sites,
                )
            )

    def _controllers(self) -> None:
        """Pages and uploads of a module whose process has no edge, because another process serves everything."""
        for process, names in self.places.modules.items():
            if self.places.topology.processes[process].edges is not None or self.places.edges(process):
                continue
            for name in names:
                module = self.modules.get(name)
                controllers = (
                    [kind.__name__ for member in family(module) for kind in member.controllers] if module else []
                )
                if controllers:
                    self.refusals.append(
                        ControllerUnserved(
                            topology=self.places.name,
                            process=process,
                            module=name,
                            controllers=tuple(controllers),
                            sites=(self.places.site("processes", process), self.modules[name].site),
                        )
                    )
