"""Topologies: `config/topologies.toml` read into frozen types. What its names mean is for the plan and the check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from ..config.filling import fill
from ..config.origin import Origin, grow
from ..config.toml_lines import line_of, read_toml
from ..module.settings import Settings
from ..telling.drawing import near_misses
from ..telling.refusals import Refusal, Refused, Site
from ..telling.refusals.placing import (
    BadAddress,
    BadTopology,
    NoTopologies,
    UnknownProcess,
    UnknownTopology,
    WhichProcess,
)
from .addresses import Address, BadAddressText, read_addresses, variable_of

ALL = "*"
"""As a module: every module that no other process of the topology names. As an edge: everything there is."""

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_Port = Annotated[int, Meta(ge=0, le=65535)]


class Process(Settings):
    """One kind of process of a topology."""

    modules: tuple[str, ...] = ()
    edges: tuple[str, ...] | None = None
    """Modules that it serves to the outside. None: its own, or none where another process serves everything."""
    replicas: Annotated[int, Meta(ge=1, le=999)] = 1
    host: str = ""
    """Where its edges listen; empty: as configured."""
    http_port: _Port | None = None
    """Of its first replica; the others count on. None: as configured."""
    grpc_port: _Port | None = None
    http: bool = True
    """Whether it offers HTTP to the outside at all; so for `grpc`."""
    grpc: bool = True
    address: str = ""
    """Where its peers find it, several separated by commas; empty: as the topology's `peers` says."""
    transport: Literal["lean", "grpc"] | None = None
    """How its peers talk to it; not set: as the topology says."""


class External(Settings):
    """A contract answered by a service of somebody else's."""

    contract: str = ""
    """The contract's class or its gRPC service."""
    address: str = ""
    """One, or several separated by commas."""


class Topology(Settings):
    """A plan: which processes there are and what each does."""

    peers: Literal["unix", "tcp", "dns"] = "unix"
    """How processes find each other: sockets in the data folder; ports counted from `base_port` on 127.0.0.1; or, each
    on a machine that is named like the process, `base_port` there."""
    base_port: Annotated[int, Meta(ge=1, le=65535)] = 9500
    transport: Literal["lean", "grpc"] = "lean"
    """How processes talk to each other. External services speak gRPC."""
    repeat: tuple[str, ...] = ()
    """Modules that several processes run on purpose, each with its own state."""
    without: tuple[str, ...] = ()
    """Modules that are left out on purpose."""
    processes: Mapping[str, Process] = {}
    external: Mapping[str, External] = {}

    def ordinal(self, process: str, replica: int) -> int:
        """The place of a replica among all processes of the topology, from 0."""
        before = 0
        for name, other in self.processes.items():
            if name == process:
                break
            before += other.replicas
        return before + replica


class _File(Settings):
    default: str = ""
    topologies: Mapping[str, Topology] = {}


@dataclass(frozen=True)
class Topologies(Mapping[str, Topology]):
    """All topologies of a file, by name."""

    path: Path
    default: str
    """The one that is meant where none is named."""
    named: Mapping[str, Topology] = field(repr=False)

    def __getitem__(self, name: str) -> Topology:
        return self.named[name]

    def __iter__(self):
        return iter(self.named)

    def __len__(self) -> int:
        return len(self.named)

    def find(self, name: str) -> tuple[str, Topology]:
        """A topology; the default one for an empty name. Raises Refused (UnknownTopology)."""
        name = name or self.default
        if name not in self.named:
            known = tuple(self.named)
            site = Site(str(self.path), 0)
            raise Refused([UnknownTopology(topology=name, known=known, near=near_misses(name, known), sites=(site,))])
        return name, self.named[name]

    def process(self, topology: str, name: str | None) -> tuple[str, Process]:
        """A process of a topology; its only one for None. Raises Refused (UnknownProcess, WhichProcess)."""
        processes = self.named[topology].processes
        known = tuple(processes)
        if not name:
            if len(known) == 1:
                return known[0], processes[known[0]]
            raise Refused([WhichProcess(topology=topology, known=known, sites=(self.site(topology),))])
        if name not in processes:
            near = near_misses(name, known)
            sites = (self.site(topology),)
            raise Refused([UnknownProcess(topology=topology, process=name, known=known, near=near, sites=sites)])
        return name, processes[name]

    def site(self, *key: str) -> Site:
        """Where something is written: `site("microservices", "processes", "cart", "modules")`."""
        whole = ("topologies", *key)
        return Site(str(self.path), line_of(self.path, whole), ".".join(whole))


def read(path: Path) -> Topologies:
    """Read a file of topologies. Raises Refused with everything that is wrong with it as it stands."""
    try:
        document = read_toml(path)
    except FileNotFoundError:
        raise Refused([NoTopologies(file=str(path))]) from None
    refusals: list[Refusal] = []
    file = fill(_File, grow(document, Origin("file", str(path))), (), refusals)
    if file is None:
        raise Refused(refusals)
    default = file.default or ("monolith" if "monolith" in file.topologies else next(iter(file.topologies), ""))
    topologies = Topologies(path, default, file.topologies)
    if not file.topologies:
        refusals.append(NoTopologies(file=str(path), empty=True))
    elif file.default and file.default not in file.topologies:
        known = tuple(file.topologies)
        near = near_misses(file.default, known)
        site = Site(str(path), line_of(path, ("default",)), "default")
        refusals.append(UnknownTopology(topology=file.default, known=known, near=near, sites=(site,)))
    for name, topology in file.topologies.items():
        refusals += _shape(topologies, name, topology)
    if refusals:
        raise Refused(refusals)
    return topologies


def _shape(topologies: Topologies, name: str, topology: Topology) -> list[Refusal]:
    """What can be seen to be wrong without knowing any module."""
    refusals: list[Refusal] = []

    def bad(why: str, cure: str, *key: str) -> None:
        subject = f"topology `{name}`" if len(key) < 2 else f"`{key[1]}` of topology `{name}`"
        sites = (topologies.site(name, *key),)
        refusals.append(BadTopology(subject=subject, why=why, cure=cure, sites=sites))

    if not _NAME.fullmatch(name):
        bad("has a name that is no file's name", "use lower-case letters, digits, - and _")
    if not topology.processes:
        bad("has no process", f'write [topologies.{name}.processes.main] with modules = ["{ALL}"]')
    variables: dict[str, str] = {}
    for process, value in topology.processes.items():
        key = ("processes", process)
        if not _NAME.fullmatch(process):
            bad("has a name that is no host's name", "use lower-case letters, digits, - and _", *key)
        other = variables.setdefault(variable_of(process), process)
        if other != process:
            bad(f"and `{other}` share the variable {variable_of(process)}", "rename one of them", *key)
        for list_name, names in (("modules", value.modules), ("edges", value.edges or ())):
            for twice in sorted({module for module in names if names.count(module) > 1}):
                bad(f"names {twice} twice in {list_name}", "name it once", *key, list_name)
        if value.edges and ALL in value.edges and len(value.edges) > 1:
            bad(f'has an edge for "{ALL}" and for others', f'write edges = ["{ALL}"]', *key, "edges")
        for door, port in (("http", value.http_port), ("grpc", value.grpc_port)):
            if port is not None and not getattr(value, door):
                bad(f"has {door} = false, and {door}_port = {port}", "keep one of them", *key, f"{door}_port")
        _check_addresses(topologies, (name, *key), f"process `{process}`", value.address, value.replicas, refusals)
    for external, value in topology.external.items():
        key = ("external", external)
        other = variables.setdefault(variable_of(external), external)
        if external in topology.processes:
            bad("is an external service and a process", "rename one of them", *key)
        elif other != external:
            bad(f"and `{other}` share the variable {variable_of(external)}", "rename one of them", *key)
        for wanted in ("contract", "address"):
            if not getattr(value, wanted):
                bad(f"does not say its {wanted}", f"write {wanted} = …", *key)
        _check_addresses(topologies, (name, *key), f"external `{external}`", value.address, 0, refusals)
    return refusals


def _check_addresses(
    topologies: Topologies, key: tuple[str, ...], where: str, text: str, replicas: int, refusals: list[Refusal]
) -> None:
    if not text:
        return
    sites = (topologies.site(*key, "address"),)
    try:
        addresses = read_addresses(text)
    except BadAddressText as bad:
        refusals.append(BadAddress(address=text, where=where, why=str(bad), sites=sites))
        return
    if replicas > 1 and not fits(addresses, replicas):
        why = (
            f"is one, and there are {replicas} replicas"
            if len(addresses) == 1
            else (f"are {len(addresses)}, and there are {replicas} replicas")
        )
        refusals.append(BadAddress(address=text, where=where, why=why, sites=sites))


def fits(addresses: tuple[Address, ...], replicas: int) -> bool:
    """Whether these can be the addresses of so many replicas: one for each, or a name that stands for all."""
    return len(addresses) == replicas or (len(addresses) == 1 and addresses[0].scheme == "dns")
