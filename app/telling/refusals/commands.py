"""Refusals of commands: what was named on the command line is not there, or cannot be done."""

from __future__ import annotations

from . import Refusal


class NoSuchContract(Refusal, frozen=True, kw_only=True):
    """No module declares a contract of that name."""

    kind = "no-such-contract"
    contract: str
    known: tuple[str, ...]

    def says(self) -> str:
        return f"there is no contract `{self.contract}`"

    def fix(self) -> str:
        return f"name one of: {', '.join(self.known)}" if self.known else "declare one in modules/<name>/contract.py"


class NoSuchMethod(Refusal, frozen=True, kw_only=True):
    """The contract has no method of that name."""

    kind = "no-such-method"
    contract: str
    method: str
    known: tuple[str, ...]

    def says(self) -> str:
        return f"{self.contract} has no method `{self.method}`"

    def fix(self) -> str:
        return f"its methods: {', '.join(self.known)}"


class BadArgument(Refusal, frozen=True, kw_only=True):
    """An argument on the command line makes no value of the method's."""

    kind = "bad-argument"
    method: str
    why: str
    cure: str

    def says(self) -> str:
        return f"{self.method} cannot be called like that: {self.why}"

    def fix(self) -> str:
        return self.cure


class NowhereAnswered(Refusal, frozen=True, kw_only=True):
    """The topology gives no address at which this machine could reach the contract."""

    kind = "nowhere-answered"
    contract: str
    topology: str

    def says(self) -> str:
        return f"in topology `{self.topology}` no process offers {self.contract} over gRPC"

    def fix(self) -> str:
        return "name where it is answered with --address host:port, or another plan with --topology"


class BadModuleName(Refusal, frozen=True, kw_only=True):
    """The name cannot be that of a module."""

    kind = "bad-module-name"
    name: str
    why: str

    def says(self) -> str:
        return f"`{self.name}` cannot be a module's name: {self.why}"

    def fix(self) -> str:
        return "use lower-case letters, digits and _, beginning with a letter, such as `gift_cards`"


class ModuleExists(Refusal, frozen=True, kw_only=True):
    """Something of that name stands there already; nothing is overwritten."""

    kind = "module-exists"
    name: str
    file: str

    def says(self) -> str:
        return f"there is a module `{self.name}` already: {self.file}"

    def fix(self) -> str:
        return "choose another name, or remove that one"


class CannotSplit(Refusal, frozen=True, kw_only=True):
    """The file of topologies cannot be changed as asked."""

    kind = "cannot-split"
    module: str
    why: str
    cure: str

    def says(self) -> str:
        return f"module `{self.module}` cannot be moved: {self.why}"

    def fix(self) -> str:
        return self.cure
