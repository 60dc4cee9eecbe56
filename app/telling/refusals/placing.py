"""Refusals of placing: topologies, discovery, and what must hold across the processes of a deployment."""

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
class ModulePlacedTwice(Refusal):
    """Several processes of a topology run the same module, and nobody said that this is meant."""

    kind = "module-placed-twice"
    topology: str
    module: str
    processes: tuple[str, ...]

    def says(self) -> str:
        return f"topology `{self.topology}` places `{self.module}` in several processes: {_list(self.processes)}"

    def fix(self) -> str:
        return f'keep one; for more of the same use replicas, or say that it is meant: repeat = ["{self.module}"]'


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleUnplaced(Refusal):
    """An edge serves every module, and one of them is placed nowhere."""

    kind = "module-unplaced"
    topology: str
    module: str
    edge: str

    def says(self) -> str:
        return (
            f"topology `{self.topology}` places `{self.module}` in no process, "
            f"and its process `{self.edge}` serves every module"
        )

    def fix(self) -> str:
        return (
            f'add "{self.module}" to the modules of a process, or leave it out on purpose: without = ["{self.module}"]'
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractUnanswered(Refusal):
    """A contract that is needed is answered nowhere. The path tells who needs it."""

    kind = "contract-unanswered"
    topology: str
    contract: str
    owner: str
    """The module that would answer it; empty where no module does."""

    def says(self) -> str:
        return f"topology `{self.topology}` leaves {self.contract} unanswered"

    def fix(self) -> str:
        if self.owner:
            return f'add "{self.owner}" to the modules of a process of `{self.topology}`'
        return f"export {self.contract} from a module, or declare who answers it below external"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractAnsweredTwice(Refusal):
    """A contract has several answerers."""

    kind = "contract-answered-twice"
    contract: str
    by: tuple[str, ...]
    topology: str = ""
    """Empty where it holds in every topology."""

    def says(self) -> str:
        where = f" in topology `{self.topology}`" if self.topology else ""
        return f"{self.contract} is answered {len(self.by)} times{where}: by {' and by '.join(self.by)}"

    def fix(self) -> str:
        return "keep one of them"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractAstray(Refusal):
    """A contract is answered by another module than the one whose package declares it."""

    kind = "contract-astray"
    contract: str
    home: str
    by: str

    def says(self) -> str:
        return f"{self.contract} is declared in module `{self.home}` and answered by `{self.by}`"

    def fix(self) -> str:
        return f"move its declaration to `{self.by}`: processes that run neither look for it where it is declared"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownContract(Refusal):
    """A contract that does not exist is named; `where` says as what."""

    kind = "unknown-contract"
    contract: str
    where: str
    known: tuple[str, ...]

    def says(self) -> str:
        return f"{self.where} names a contract `{self.contract}` that does not exist"

    def fix(self) -> str:
        return f"the contracts: {_list(self.known)}" if self.known else "there are no contracts"


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
class PortConflict(Refusal):
    """Two edges on one machine want the same port."""

    kind = "port-conflict"
    topology: str
    address: str
    by: tuple[str, ...]

    def says(self) -> str:
        return f"topology `{self.topology}` lets {' and '.join(self.by)} listen on {self.address}"

    def fix(self) -> str:
        return "give one of the processes its own http_port or grpc_port, or edges = [] if it needs none"


@dataclass(frozen=True, slots=True, kw_only=True)
class TooManyConnections(Refusal):
    """The pools of all processes together may open more connections than the database grants."""

    kind = "too-many-connections"
    topology: str
    connections: int
    limit: int
    reckoning: str

    def says(self) -> str:
        return (
            f"topology `{self.topology}` may open {self.connections} database connections "
            f"({self.reckoning}), and database.limit is {self.limit}"
        )

    def fix(self) -> str:
        return "lower database.pool_size or database.max_overflow, run fewer replicas, or raise the server's limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ControllerUnserved(Refusal):
    """A module's own HTTP controllers run in a process that serves no HTTP."""

    kind = "controller-unserved"
    topology: str
    process: str
    module: str
    controllers: tuple[str, ...]

    def says(self) -> str:
        return (
            f"topology `{self.topology}` leaves {', '.join(self.controllers)} of `{self.module}` unserved: "
            f"process `{self.process}` has no edge"
        )

    def fix(self) -> str:
        return (
            f'place `{self.module}` in the process that is the edge, or give `{self.process}` edges = ["{self.module}"] '
            "and an http_port of its own (edges = [] says that it is meant)"
        )


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
