"""The plan of one process: what it runs, what it serves to whom and at which address, where it finds every answer."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ..module.contract import Contract
from ..telling.refusals import Refusal, Refused
from ..telling.refusals.placing import UnknownReplica
from .addresses import Address, joined
from .answers import Answer, Answers
from .discovery import Found
from .places import Places, unknown_variables
from .topology import ALL, Topologies

if TYPE_CHECKING:
    from ..config import Config


@dataclass(frozen=True, slots=True)
class Beside:
    """Where else peers find a process, for some of the contracts that it serves."""

    transport: Literal["lean", "grpc"]
    address: str
    contracts: tuple[type[Contract], ...]


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
    """Where it is found by its peers, who speak `transport` there."""
    transport: Literal["lean", "grpc"] = "lean"
    beside: Beside | None = None
    """The other door of this process, for contracts whose policy says another transport."""
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
    reading = Answers(places, process, environ, refusals, config.calls, loopback)
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
        grpc=tuple(contract for contract in outside if not contract.__internal__),
        serves=serves,
        answers=answers,
        http_address=_edge(
            config.http.enabled and value.http and bool(edges), host, value.http_port, config.http.port, replica
        ),
        grpc_address=_edge(
            config.grpc.enabled and value.grpc and bool(edges),
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
        transport=places.transport(process),
        beside=_beside(reading, process, serves, own) if own else None,
        peers=_peers(places, process, answers),
    )  # fmt: skip


def _peers(places: Places, process: str, answers: Mapping[type[Contract], Answer]) -> tuple[str, ...]:
    remote = (answer.module for answer in answers.values() if answer.placement == "remote")
    running = dict.fromkeys(other for module in remote for other in places.running[module])
    return tuple(other for other in running if other != process)


def _beside(reading: Answers, process: str, serves: Sequence[type[Contract]], own: Address) -> Beside | None:
    """The door for contracts whose policy says another transport than the process's."""
    usual = reading.places.transport(process)
    other = tuple(contract for contract in serves if reading.transport(contract, process) != usual)
    if not other:
        return None
    way: Literal["lean", "grpc"] = "grpc" if usual == "lean" else "lean"
    return Beside(way, own.beside(way).listening, other)


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
