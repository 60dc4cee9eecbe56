"""The plan of one process: what it runs, what it serves to whom and at which address, where it finds every answer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ..module.contract import Contract
from ..telling.refusals import Refusal, Refused, Site
from ..telling.refusals.placing import ContractAnsweredTwice, ContractUnanswered, UnknownReplica
from .addresses import Address, joined, read_addresses
from .discovery import Found, exported
from .needs import needs
from .places import Places, unknown_variables
from .topology import ALL, Topologies

if TYPE_CHECKING:
    from ..config import Config


@dataclass(frozen=True, slots=True)
class Answer:
    """Where this process finds the answers of a contract."""

    placement: Literal["local", "remote", "external"]
    by: str
    """The process, or the external service's name in the topology."""
    module: str = ""
    """The module that answers; empty for an external service."""
    addresses: tuple[str, ...] = ()
    """Empty where local."""


@dataclass(frozen=True, kw_only=True)
class ProcessPlan:
    """What one process does. Addresses are None where nothing listens."""

    topology: str
    process: str
    replica: int
    modules: tuple[str, ...]
    """The modules that run here."""
    http: tuple[str, ...]
    """The modules whose HTTP this process serves: contract routes of all, controllers of those that run here."""
    grpc: tuple[type[Contract], ...]
    """The contracts that it serves to the outside, as gRPC services and as REST routes; forwarded where not local."""
    serves: tuple[type[Contract], ...]
    """The contracts that it answers for its peers."""
    answers: Mapping[type[Contract], Answer]
    """For each contract that something here needs, serves or forwards."""
    http_address: str | None
    grpc_address: str | None
    management_address: str | None
    peer_address: str | None
    peers: tuple[str, ...] = field(default=())
    """The processes that this one calls."""


def plan(
    topologies: Topologies,
    topology: str,
    process: str | None,
    found: Found,
    config: Config,
    environ: Mapping[str, str] = os.environ,
    *,
    loopback: bool = False,
) -> ProcessPlan:
    """The plan of a process. Raises Refused with everything that stands in its way.

    topology: empty for the file's default. process: None where the topology has only one.
    loopback: what is local is reached through this process's own peer address, as if it were remote.
    """
    topology, _ = topologies.find(topology)
    process, _ = topologies.process(topology, process)
    places = Places(topologies, topology, found, config.data_dir)
    refusals = [*places.refusals, *places.unplaced(), *unknown_variables(topologies, environ)]
    planned = plan_in(places, process, config, environ, refusals, loopback=loopback)
    if refusals or planned is None:
        raise Refused(dict.fromkeys(refusals))
    return planned


def placed(topologies: Topologies, topology: str, process: str | None, found: Found) -> tuple[str, ...]:
    """The modules that a process runs, known before the configuration is. Raises Refused for unknown names."""
    topology, _ = topologies.find(topology)
    process, _ = topologies.process(topology, process)
    places = Places(topologies, topology, found, topologies.path.parent)
    if places.refusals:
        raise Refused(places.refusals)
    return places.modules[process]


def plan_in(
    places: Places,
    process: str,
    config: Config,
    environ: Mapping[str, str],
    refusals: list[Refusal],
    *,
    loopback: bool = False,
) -> ProcessPlan | None:
    """The plan of a process in a topology that is resolved already; appends to `refusals` what stands in its way."""
    value = places.topology.processes[process]
    before = len(refusals)
    replica = _replica(process, value.replicas, environ, refusals)
    reading = _Reading(places, process, environ, refusals, loopback)
    modules = places.modules[process]
    for name in modules:
        reading.runs(name)
    edges = places.edges(process)
    outside: dict[type[Contract], None] = {}
    for name in edges:
        outside |= dict.fromkeys(reading.forwards(name))
    if ALL in (value.edges or ()):
        outside |= dict.fromkeys(reading.externals())
    answers = reading.answers
    local = tuple(contract for name in modules for contract in reading.exports.get(name, ()))
    serves = local if loopback or len(places.topology.processes) > 1 else ()
    addresses = reading.found_at(process) if serves else ()
    if len(refusals) > before:
        return None
    ordinal = places.topology.ordinal(process, replica)
    host = value.host or config.http.host
    own = addresses[min(replica, len(addresses) - 1)] if addresses else None
    return ProcessPlan(
        topology=places.name,
        process=process,
        replica=replica,
        modules=modules,
        http=edges,
        grpc=tuple(outside),
        serves=serves,
        answers=answers,
        http_address=_edge(config.http.enabled and bool(edges), host, value.http_port, config.http.port, replica),
        grpc_address=_edge(
            config.grpc.enabled and bool(edges),
            value.host or config.grpc.host,
            value.grpc_port,
            config.grpc.port,
            replica,
        ),
        management_address=_edge(
            bool(config.management.port), config.management.host or host, None, config.management.port,
            0 if places.topology.peers == "dns" else ordinal,
        ),
        peer_address=own.listening if own else None,
        peers=_peers(places, process, answers),
    )  # fmt: skip


class _Reading:
    """Gathers the answers that one process needs, and what is wrong with them."""

    def __init__(
        self, places: Places, process: str, environ: Mapping[str, str], refusals: list[Refusal], loopback: bool
    ) -> None:
        self.places, self.process, self.environ, self.refusals = places, process, environ, refusals
        self.loopback = loopback
        self.answers: dict[type[Contract], Answer] = {}
        self.exports: dict[str, tuple[type[Contract], ...]] = {}

    def runs(self, name: str) -> None:
        """A module that runs here: what it answers and what it needs."""
        found = self.places.found
        try:
            module = found.load(name)
        except Refused as refused:
            self.refusals += refused.refusals
            return
        self.exports[name] = exported(module)
        for contract in self.exports[name]:
            self._answer(contract, (f"process {self.process}", f"module {name}"), module.site, owner=name)
        for need in needs(module):
            path = (f"process {self.process}", f"module {need.module}", need.asked_by)
            self._answer(need.contract, path, need.site, optional=need.optional)

    def forwards(self, name: str) -> tuple[type[Contract], ...]:
        """A module whose contracts are offered to the outside."""
        if name in self.exports:
            return self.exports[name]
        try:
            contracts = self.places.found.contracts(name)
        except Refused as refused:
            self.refusals += refused.refusals
            return ()
        site = self.places.site("processes", self.process, "edges")
        for contract in contracts:
            self._answer(contract, (f"process {self.process}", f"edge {name}"), site)
        return tuple(contract for contract in contracts if contract in self.answers)

    def externals(self) -> tuple[type[Contract], ...]:
        """The contracts of external services, which an edge for everything forwards too."""
        site = self.places.site("processes", self.process, "edges")
        try:
            contracts = self.places.external_contracts()
        except Refused as refused:
            self.refusals += refused.refusals
            return ()
        for contract in contracts:
            self._answer(contract, (f"process {self.process}", f"edge {ALL}"), site)
        return contracts

    def found_at(self, process: str) -> tuple[Address, ...]:
        """The addresses of a process; empty where they are refused."""
        try:
            return self.places.found_at(process, self.environ)
        except Refused as refused:
            self.refusals += refused.refusals
            return ()

    def _answer(
        self, contract: type[Contract], path: tuple[str, ...], site: Site, *, owner: str | None = None,
        optional: bool = False,
    ) -> None:  # fmt: skip
        if contract in self.answers:
            return
        places = self.places
        external = places.external(contract)
        try:
            owner = owner or places.found.owner(contract)
        except Refused as refused:
            self.refusals += refused.refusals
            return
        running = places.running.get(owner or "", ())
        if external and running:
            sites = (places.site("external", external), places.found.site(owner or ""))
            by = (f"external service `{external}`", f"module `{owner}`")
            self.refusals.append(
                ContractAnsweredTwice(topology=places.name, contract=contract.__name__, by=by, sites=sites)
            )
        elif external:
            addresses = read_addresses(places.topology.external[external].address)
            self.answers[contract] = Answer("external", external, "", tuple(map(str, addresses)))
        elif self.process in running and owner:
            if self.loopback:
                self.answers[contract] = self._remote((self.process,), owner)
            else:
                self.answers[contract] = Answer("local", self.process, owner)
        elif running and owner:
            self.answers[contract] = self._remote(running, owner)
        elif not optional:
            self.refusals.append(
                ContractUnanswered(
                    topology=places.name,
                    contract=f"{contract.__module__.rpartition('.')[0]}.{contract.__name__}".removeprefix("."),
                    owner=owner or "",
                    path=path,
                    sites=(site,),
                )
            )

    def _remote(self, processes: tuple[str, ...], owner: str) -> Answer:
        addresses = tuple(str(address) for process in processes for address in self.found_at(process))
        return Answer("remote", ", ".join(processes), owner, addresses)


def _peers(places: Places, process: str, answers: Mapping[type[Contract], Answer]) -> tuple[str, ...]:
    remote = (answer.module for answer in answers.values() if answer.placement == "remote")
    running = dict.fromkeys(other for module in remote for other in places.running[module])
    return tuple(other for other in running if other != process)


def _replica(process: str, replicas: int, environ: Mapping[str, str], refusals: list[Refusal]) -> int:
    given = environ.get("PANGAEA_REPLICA") or "0"
    if given.isdecimal() and int(given) < replicas:
        return int(given)
    refusals.append(UnknownReplica(process=process, given=given, replicas=replicas))
    return 0


def _edge(wanted: bool, host: str, own: int | None, configured: int, offset: int) -> str | None:
    """Where an edge listens. Replicas on one machine count on from the first one's port; 0 is any free port."""
    if not wanted:
        return None
    port = configured if own is None else own
    return joined(host, port + offset if port else 0)
