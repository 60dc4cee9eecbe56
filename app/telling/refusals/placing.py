"""Refusals of placing: what topologies name, what discovery finds, addresses."""

from __future__ import annotations

from . import Refusal


class NoProject(Refusal, frozen=True, kw_only=True):
    """There is no project here, nor in any folder above."""

    kind = "no-project"
    folder: str
    wanted: str

    def says(self) -> str:
        return f"no project here: neither {self.folder} nor a folder above it has {self.wanted}"

    def fix(self) -> str:
        return "go to the project's folder, or name it with --root"


class NoTopologies(Refusal, frozen=True, kw_only=True):
    """The file of topologies is not there, or has none."""

    kind = "no-topologies"
    file: str
    empty: bool = False

    def says(self) -> str:
        return f"{self.file} has no topology" if self.empty else f"{self.file} is not there"

    def fix(self) -> str:
        return 'write it; the smallest: [topologies.monolith.processes.main] with modules = ["*"]'


class BadTopology(Refusal, frozen=True, kw_only=True):
    """A topology is declared in a way that makes no sense."""

    kind = "bad-topology"
    subject: str
    why: str
    cure: str

    def says(self) -> str:
        return f"{self.subject} {self.why}"

    def fix(self) -> str:
        return self.cure


class UnknownTopology(Refusal, frozen=True, kw_only=True):
    """Nobody declared a topology of that name."""

    kind = "unknown-topology"
    topology: str
    known: tuple[str, ...]

    def says(self) -> str:
        return f"there is no topology `{self.topology}`"

    def fix(self) -> str:
        return f"the topologies: {_list(self.known)}"


class UnknownProcess(Refusal, frozen=True, kw_only=True):
    """The topology has no process of that name."""

    kind = "unknown-process"
    topology: str
    process: str
    known: tuple[str, ...]

    def says(self) -> str:
        return f"topology `{self.topology}` has no process `{self.process}`"

    def fix(self) -> str:
        return f"its processes: {_list(self.known)}"


class WhichProcess(Refusal, frozen=True, kw_only=True):
    """The topology has several processes and none was named."""

    kind = "which-process"
    topology: str
    known: tuple[str, ...]

    def says(self) -> str:
        return f"topology `{self.topology}` has {len(self.known)} processes, and none was named"

    def fix(self) -> str:
        return f"name one of {_list(self.known)} with --process, or start all of them with `pangaea up`"


class UnknownReplica(Refusal, frozen=True, kw_only=True):
    """PANGAEA_REPLICA is no replica of the process."""

    kind = "unknown-replica"
    process: str
    given: str
    replicas: int

    def says(self) -> str:
        return f"PANGAEA_REPLICA is `{self.given}`, and process `{self.process}` has {self.replicas} of them"

    def fix(self) -> str:
        return "unset it" if self.replicas == 1 else f"set it to a number from 0 to {self.replicas - 1}"


class UnknownModule(Refusal, frozen=True, kw_only=True):
    """A module that does not exist is named; `where` says as what."""

    kind = "unknown-module"
    module: str
    where: str
    known: tuple[str, ...]

    def says(self) -> str:
        return f"{self.where} names a module `{self.module}` that does not exist"

    def fix(self) -> str:
        return f"the modules: {_list(self.known)}" if self.known else "there are no modules"


class BadAddress(Refusal, frozen=True, kw_only=True):
    """An address that nobody can connect to."""

    kind = "bad-address"
    address: str
    where: str
    why: str

    def says(self) -> str:
        return f"the address `{self.address}` of {self.where} {self.why}"

    def fix(self) -> str:
        return "write host:port, dns:///host:port, ipv4:1.2.3.4:port, ipv6:[::1]:port or unix:/path"


class ModuleUnreadable(Refusal, frozen=True, kw_only=True):
    """A module's Python files cannot be imported."""

    kind = "module-unreadable"
    module: str
    imported: str
    error: str

    def says(self) -> str:
        return f"module `{self.module}` cannot be imported: {self.imported} raises {self.error}"


class NoModuleValue(Refusal, frozen=True, kw_only=True):
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
