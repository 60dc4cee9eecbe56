"""Where each module of a topology runs, and where each process is found: what plans and checks are made from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from ..module.contract import Contract
from ..module.message import home_of
from ..telling.drawing import near_misses
from ..telling.refusals import Refusal, Refused, Site
from ..telling.refusals.deployment import ModulePlacedTwice, ModuleUnplaced
from ..telling.refusals.placing import BadAddress, UnknownModule
from ..telling.refusals.settings import UnknownVariable
from .addresses import Address, BadAddressText, read_addresses, socket_of, variable_of
from .discovery import Found
from .topology import ALL, Topologies, fits


def service_of(contract: type[Contract]) -> str:
    """The gRPC service of a contract, without reading the rest of it."""
    return contract.__service__ or f"{home_of(contract.__module__)}.{contract.__name__}"


class Places:
    """One topology, its stars resolved. `refusals` holds what is wrong with its names."""

    def __init__(self, topologies: Topologies, name: str, found: Found, data_dir: Path) -> None:
        self.topologies, self.name, self.found, self.data_dir = topologies, name, found, data_dir
        self.topology = topologies[name]
        self.refusals: list[Refusal] = []
        self.modules: dict[str, tuple[str, ...]] = {}
        """Process -> the modules that it runs."""
        self.running: dict[str, tuple[str, ...]] = {}
        """Module -> the processes that run it."""
        self._resolve()
        self.gateways: tuple[str, ...] = tuple(
            process for process, value in self.topology.processes.items() if ALL in (value.edges or ())
        )
        """The processes that serve everything."""

    def _resolve(self) -> None:
        topology, known = self.topology, self.found.names
        named = {module for process in topology.processes.values() for module in process.modules if module != ALL}
        for where, names in (("repeat", topology.repeat), ("without", topology.without)):
            for module in names:
                self._known(module, f"{where} of topology `{self.name}`", where)
        rest = tuple(module for module in known if module not in named and module not in topology.without)
        for name, process in topology.processes.items():
            where = f"process `{name}` of topology `{self.name}`"
            key = ("processes", name)
            own = [module for module in process.modules if self._known(module, where, *key, "modules")]
            placed = dict.fromkeys(m for module in own for m in (rest if module == ALL else (module,)))
            self.modules[name] = tuple(placed)
            for module in process.edges or ():
                self._known(module, where, *key, "edges")
        for module in known:
            self.running[module] = tuple(name for name, modules in self.modules.items() if module in modules)
            if len(self.running[module]) > 1 and module not in topology.repeat:
                sites = tuple(self.site("processes", name, "modules") for name in self.running[module])
                self.refusals.append(
                    ModulePlacedTwice(topology=self.name, module=module, processes=self.running[module], sites=sites)
                )

    def _known(self, module: str, where: str, *key: str) -> bool:
        if module == ALL or module in self.found.names:
            return True
        known = self.found.names
        sites = (self.site(*key),)
        near = near_misses(module, known)
        self.refusals.append(UnknownModule(module=module, where=where, known=known, near=near, sites=sites))
        return False

    def site(self, *key: str) -> Site:
        """Where something of this topology is written."""
        return self.topologies.site(self.name, *key)

    def edges(self, process: str) -> tuple[str, ...]:
        """The modules whose HTTP routes and gRPC services a process offers to the outside."""
        edges = self.topology.processes[process].edges
        if edges is None:
            return () if any(other != process for other in self.gateways) else self.modules[process]
        if ALL in edges:
            return tuple(module for module in self.found.names if self.running.get(module) or self.by_externals(module))
        return tuple(module for module in edges if module in self.found.names)

    def unplaced(self) -> list[Refusal]:
        """Modules that a gateway should serve and nobody runs."""
        return [
            ModuleUnplaced(
                topology=self.name,
                module=module,
                edge=gateway,
                sites=(self.site("processes", gateway, "edges"), self.found.site(module)),
            )
            for gateway in self.gateways[:1]
            for module in self.found.names
            if not self.running[module] and module not in self.topology.without and not self.by_externals(module)
        ]

    def transport(self, process: str) -> Literal["lean", "grpc"]:
        """How a process is spoken to by its peers, unless a contract's policy says otherwise."""
        return self.topology.processes[process].transport or self.topology.transport

    def external(self, contract: type[Contract]) -> str | None:
        """The name of the external service that answers a contract here."""
        names = (contract.__name__, service_of(contract))
        return next((name for name, value in self.topology.external.items() if value.contract in names), None)

    def by_externals(self, module: str) -> bool:
        """Whether everything that a module declares is answered by external services."""
        if not self.topology.external or self.running.get(module):
            return False
        try:
            contracts = self.found.contracts(module)
        except Refused:  # whoever needs it is told so
            return False
        return bool(contracts) and all(self.external(contract) for contract in contracts)

    def external_contracts(self) -> tuple[type[Contract], ...]:
        """The contracts that external services answer here. Imports files that only declare contracts."""
        if not self.topology.external:
            return ()
        contracts = (contract for package in self.found.packages for contract in self.found.contracts(package))
        return tuple(contract for contract in contracts if self.external(contract))

    def found_at(self, process: str, environ: Mapping[str, str]) -> tuple[Address, ...]:
        """Where peers find a process: one address for each replica, or a name that stands for all.
        Raises Refused (BadAddress)."""
        value, topology = self.topology.processes[process], self.topology
        if given := _given(process, f"process `{process}`", environ, value.replicas):
            return given
        if value.address:
            return read_addresses(value.address)
        if topology.peers == "dns":
            return (Address("dns", process, topology.base_port),)
        replicas = range(value.replicas)
        if topology.peers == "tcp":
            first = topology.base_port + topology.ordinal(process, 0)
            return tuple(Address("", "127.0.0.1", first + replica) for replica in replicas)
        return tuple(socket_of(self.data_dir, self.name, process, replica) for replica in replicas)

    def external_at(self, external: str, environ: Mapping[str, str]) -> tuple[Address, ...]:
        """Where an external service is found. Raises Refused (BadAddress)."""
        given = _given(external, f"external `{external}`", environ)
        return given or read_addresses(self.topology.external[external].address)


def _given(name: str, where: str, environ: Mapping[str, str], replicas: int = 0) -> tuple[Address, ...]:
    """What a variable says of where a process or an external service is found; empty without one."""
    variable = variable_of(name)
    text = environ.get(variable, "")
    if not text:
        return ()
    try:
        addresses = read_addresses(text)
    except BadAddressText as bad:
        why = str(bad)
    else:
        if not replicas or fits(addresses, replicas):
            return addresses
        why = f"does not fit {replicas} replicas"
    raise Refused([BadAddress(address=text, where=where, why=why, sites=(Site("", 0, f"variable {variable}"),))])


def unknown_variables(topologies: Topologies, environ: Mapping[str, str]) -> list[Refusal]:
    """`PANGAEA_ADDRESS_…` variables that name no process and no external service of any topology."""
    names = (name for topology in topologies.values() for name in (*topology.processes, *topology.external))
    known = {variable_of(name) for name in names}
    prefix = variable_of("")
    return [
        UnknownVariable(variable=name, near=near_misses(name, known), sites=(Site("", 0, f"variable {name}"),))
        for name in sorted(environ)
        if name.startswith(prefix) and name not in known
    ]
