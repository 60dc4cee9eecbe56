"""Refusals of placing: what topologies name, what discovery finds, addresses."""

from __future__ import annotations

from dataclasses import dataclass

from . import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class NoProject(Refusal):
    """There is no project here, nor in any folder above."""

    kind = "no-project"
    folder: str
    wanted: str

    def says(self) -> str:
        return f"no project here: neither {self.folder} nor a folder above it has {self.wanted}"

    def fix(self) -> str:
        return "go to the project's folder, or name it with --root"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoTopologies(Refusal):
    """The file of topologies is not there, or has none."""

    kind = "no-topologies"
    file: str
    empty: bool = False

    def says(self) -> str:
        return f"{self.file} has no topology" if self.empty else f"{self.file} is not there"

    def fix(self) -> str:
        return 'write it; the smallest: [topologies.monolith.processes.main] with modules = ["*"]'


@dataclass(frozen=True, slots=True, kw_only=True)
class BadTopology(Refusal):
    """A topology is declared in a way that makes no sense."""

    kind = "bad-topology"
    subject: str
    why: str
    cure: str

    def says(self) -> str:
        return f"{self.subject} {self.why}"

    def fix(self) -> str:
        return self.cure


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownTopology(Refusal):
    """Nobody declared a topology of that name."""

    kind = "unknown-topology"
    topology: str
    known: tuple[str, ...]

    def says(self) -> str:
        return f"there is no topology `{self.topology}`"

    def fix(self) -> str:
        return f"the topologies: {_list(self.known)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownProcess(Refusal):
    """The topology has no process of that name."""

    kind = "unknown-process"
    topology: str
    process: str
    known: tuple[str, ...]

    def says(self) -> str:
        return f"topology `{self.topology}` has no process `{self.process}`"

    def fix(self) -> str:
        return f"its processes: {_list(self.known)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichProcess(Refusal):
    """The topology has several processes and none was named."""

    kind = "which-process"
    topology: str
    known: tuple[str, ...]

    def says(self) -> str:
        return f"topology `{self.topology}` has {len(self.known)} processes, and none was named"

    def fix(self) -> str:
        return f"name one of {_list(self.known)} with --process, or start all of them with `pangaea up`"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownReplica(Refusal):
    """PANGAEA_REPLICA is no replica of the process."""

    kind = "unknown-replica"
    process: str
    given: str
    replicas: int

    def says(self) -> str:
        return f"PANGAEA_REPLICA is `{self.given}`, and process `{self.process}` has {self.replicas} of them"

    def fix(self) -> str:
        return "unset it" if self.replicas == 1 else f"set it to a number from 0 to {self.replicas - 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownModule(Refusal):
    """A module that does not exist is named; `where` says as what."""

    kind = "unknown-module"
    module: str
    where: str
    known: tuple[str, ...]

    def says(self) -> str:
        return f"{self.where} names a module `{self.module}` that does not exist"

    def fix(self) -> str:
        return f"the modules: {_list(self.known)}" if self.known else "there are no modules"


@dataclass(frozen=True, slots=True, kw_only=True)
class BadAddress(Refusal):
    """An address that nobody can connect to."""

    kind = "bad-address"
    address: str
    where: str
    why: str

    def says(self) -> str:
        return f"the address `{self.address}` of {self.where} {self.why}"

    def fix(self) -> str:
        return "write host:port, dns:///host:port, ipv4:1.2.3.4:port, ipv6:[::1]:port or unix:/path"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleUnreadable(Refusal):
    """A module's Python files cannot be imported."""

    kind = "module-unreadable"
    module: str
    imported: str
    error: str

    def says(self) -> str:
        return f"module `{self.module}` cannot be imported: {self.imported} raises {self.error}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoModuleValue(Refusal):
    """The file that should declare a module declares none, or one of another name."""

    kind = "no-module-value"
    module: str
    why: str
    cure: str

    def says(self) -> str:
        return f"module `{self.module}` {self.why}"

    def fix(self) -> str:
        return self.cure


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"
