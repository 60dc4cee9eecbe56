"""Refusals of a deployment: what must hold across the modules and processes of a topology."""

from __future__ import annotations

from . import Refusal


class ModulePlacedTwice(Refusal, frozen=True, kw_only=True):
    """Several processes of a topology run the same module, and nobody said that this is meant."""

    kind = "module-placed-twice"
    topology: str
    module: str
    processes: tuple[str, ...]

    def says(self) -> str:
        return f"topology `{self.topology}` places `{self.module}` in several processes: {_list(self.processes)}"

    def fix(self) -> str:
        return f'keep one; for more of the same use replicas, or say that it is meant: repeat = ["{self.module}"]'


class ModuleUnplaced(Refusal, frozen=True, kw_only=True):
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


class ContractUnanswered(Refusal, frozen=True, kw_only=True):
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


class ContractAnsweredTwice(Refusal, frozen=True, kw_only=True):
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


class ContractAstray(Refusal, frozen=True, kw_only=True):
    """A contract is answered by another module than the one whose package declares it."""

    kind = "contract-astray"
    contract: str
    home: str
    by: str

    def says(self) -> str:
        return f"{self.contract} is declared in module `{self.home}` and answered by `{self.by}`"

    def fix(self) -> str:
        return f"move its declaration to `{self.by}`: processes that run neither look for it where it is declared"


class UnknownContract(Refusal, frozen=True, kw_only=True):
    """A contract that does not exist is named; `where` says as what."""

    kind = "unknown-contract"
    contract: str
    where: str
    known: tuple[str, ...]

    def says(self) -> str:
        return f"{self.where} names a contract `{self.contract}` that does not exist"

    def fix(self) -> str:
        return f"the contracts: {_list(self.known)}" if self.known else "there are no contracts"


class PortConflict(Refusal, frozen=True, kw_only=True):
    """Two edges on one machine want the same port."""

    kind = "port-conflict"
    topology: str
    address: str
    by: tuple[str, ...]

    def says(self) -> str:
        return f"topology `{self.topology}` lets {' and '.join(self.by)} listen on {self.address}"

    def fix(self) -> str:
        return "give one of the processes its own http_port or grpc_port, or edges = [] if it needs none"


class TooManyConnections(Refusal, frozen=True, kw_only=True):
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


class ControllerUnserved(Refusal, frozen=True, kw_only=True):
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


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"
