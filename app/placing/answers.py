"""Where one process finds the answers of the contracts that it needs, serves or forwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ..config.sections import Calls
from ..module.contract import Contract
from ..telling.refusals import Refusal, Refused, Site
from ..telling.refusals.deployment import ContractAnsweredTwice, ContractUnanswered
from ..telling.refusals.placing import BadTopology
from .addresses import Address
from .discovery import exported
from .needs import needs
from .places import Places, service_of
from .topology import ALL


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
    transport: Literal["lean", "grpc"] = "grpc"
    """How calls travel there. External services speak gRPC."""


class Answers:
    """Gathers the answers that one process needs, and what is wrong with them."""

    def __init__(
        self,
        places: Places,
        process: str,
        environ: Mapping[str, str],
        refusals: list[Refusal],
        calls: Calls,
        loopback: bool,
    ) -> None:
        self.calls = calls
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
            owner = owner or places.found.owner(contract, known=external is not None)
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
            try:
                addresses = places.external_at(external, self.environ)
            except Refused as refused:
                self.refusals += refused.refusals
                return
            self.answers[contract] = Answer("external", external, "", tuple(map(str, addresses)))
        elif self.process in running and owner and not self.loopback:
            self.answers[contract] = Answer("local", self.process, owner)
        elif running and owner:
            self._remote(contract, (self.process,) if self.process in running else running, owner)
        elif not optional:
            self.refusals.append(
                ContractUnanswered(
                    topology=places.name,
                    contract=contract.__name__,
                    owner=owner or "",
                    path=path,
                    sites=(site,),
                )
            )

    def transport(self, contract: type[Contract], process: str) -> Literal["lean", "grpc"]:
        """How calls of a contract travel to a process that answers it: by the contract's policy, the process, the
        topology."""
        own = self.calls.transport(contract.__name__, service_of(contract))
        return own or self.places.transport(process)

    def _remote(self, contract: type[Contract], processes: tuple[str, ...], owner: str) -> None:
        """Answers from other processes, which must all be spoken to alike."""
        places = self.places
        ways: dict[str, Literal["lean", "grpc"]] = {process: self.transport(contract, process) for process in processes}
        if len(set(ways.values())) > 1:
            said = ", ".join(f"{process} by {way}" for process, way in ways.items())
            self.refusals.append(
                BadTopology(
                    subject=f"topology `{places.name}`",
                    why=f"runs {owner} in processes that are spoken to differently: {said}",
                    cure=f"give them one transport, or set calls.policies.{contract.__name__}.transport",
                    sites=tuple(places.site("processes", process) for process in processes),
                )
            )
            return
        addresses = [
            str(address if way == places.transport(process) else address.beside(way))
            for process, way in ways.items()
            for address in self.found_at(process)
        ]
        way = ways[processes[0]]
        self.answers[contract] = Answer("remote", ", ".join(processes), owner, tuple(addresses), way)
