"""Finds contracts and methods by the names that people type, and where a topology answers them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..module.spec import ContractSpec, MethodSpec, spec_of
from ..placing.places import service_of
from ..telling.drawing import near_misses
from ..telling.refusals import Refusal, Refused
from ..telling.refusals.commands import NoSuchContract, NoSuchMethod, NowhereAnswered

if TYPE_CHECKING:
    from ..host.project import Project
    from ..module.contract import Contract


def find_contract(project: Project, name: str) -> ContractSpec:
    """A contract by its class, its service, or the service without its package; case does not count.
    Raises Refused (NoSuchContract), or with what keeps contracts from being read if it may be among those."""
    wanted = name.casefold()
    contracts: dict[type[Contract], None] = {}
    unreadable: list[Refusal] = []
    for package in project.found.packages:
        try:
            contracts |= dict.fromkeys(project.found.contracts(package))
        except Refused as refused:
            unreadable += refused.refusals
    for contract in contracts:
        if wanted in {known.casefold() for known in _names(contract)}:
            return spec_of(contract)
    if unreadable:
        raise Refused(unreadable)
    known = tuple(sorted(contract.__name__ for contract in contracts))
    near = near_misses(name, [n for contract in contracts for n in _names(contract)])
    raise Refused([NoSuchContract(contract=name, known=known, near=near)])


def _names(contract: type[Contract]) -> Iterator[str]:
    service = service_of(contract)
    yield from (contract.__name__, service, service.rpartition(".")[2])


def find_method(spec: ContractSpec, name: str) -> MethodSpec:
    """A method by its Python name or its name on the wire. Raises Refused (NoSuchMethod)."""
    for method in spec.methods.values():
        if name in (method.name, method.wire):
            return method
    known = tuple(spec.methods)
    near = near_misses(name, known) or near_misses(name, spec.by_wire)
    raise Refused([NoSuchMethod(contract=spec.contract.__name__, method=name, known=known, near=near)])


@dataclass(frozen=True, slots=True)
class Answerer:
    """Where a contract is answered."""

    address: str
    foreign: bool = False
    transport: Literal["lean", "grpc"] = "grpc"


def find_answerer(project: Project, topology: str, spec: ContractSpec) -> Answerer:
    """Where a running topology answers a contract: its public gRPC edge, else what its peers use, else the external
    service. Raises Refused (NowhereAnswered)."""
    name, plan = project.topologies.find(topology)
    peers: list[Answerer] = []
    for process in plan.processes:
        planned, _ = project.plan(name, process)
        if spec.contract in planned.grpc and planned.grpc_address is not None:
            return Answerer(_reachable(planned.grpc_address))
        answer = planned.answers.get(spec.contract)
        if answer is not None and answer.placement == "external":
            return Answerer(answer.addresses[0], foreign=True)
        if spec.contract in planned.serves and planned.peer_address is not None:
            beside = planned.beside
            if beside is not None and spec.contract in beside.contracts:
                peers.append(Answerer(_reachable(beside.address), transport=beside.transport))
            else:
                peers.append(Answerer(_reachable(planned.peer_address), transport=planned.transport))
    if not peers:
        raise Refused([NowhereAnswered(contract=spec.contract.__name__, topology=name)])
    return peers[0]


def _reachable(address: str) -> str:
    """What listens on all interfaces is called on this one; port 0 was any: only its environment can tell."""
    host, colon, port = address.rpartition(":")
    if address.startswith("unix:") or not colon:
        return address
    host = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)
    return f"{host}:{os.environ.get('PANGAEA_GRPC_PORT', port) if port == '0' else port}"
