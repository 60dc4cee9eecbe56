"""Refusals of the test kit: what cannot be put into another process."""

from __future__ import annotations

from . import Refusal


class CannotTravel(Refusal, frozen=True, kw_only=True):
    """A replacement is to stand in another process, and cannot be pickled."""

    kind = "cannot-travel"
    wanted: str
    why: str

    def says(self) -> str:
        return f"the replacement of {self.wanted} cannot travel to another process: {self.why}"

    def fix(self) -> str:
        return "declare its class or constructor at the top of a Python module, and keep sockets, locks and tasks out"


class OutOfReach(Refusal, frozen=True, kw_only=True):
    """A module is to run in another process, which cannot import its declaration."""

    kind = "out-of-reach"
    module: str
    why: str

    def says(self) -> str:
        return f"another process cannot find the module {self.module}: {self.why}"

    def fix(self) -> str:
        return f"write `{self.module} = Module(…)` at the top of a Python module that can be imported"


class CannotReplace(Refusal, frozen=True, kw_only=True):
    """A contract is to be answered by something that cannot answer it."""

    kind = "cannot-replace"
    contract: str
    why: str
    cure: str

    def says(self) -> str:
        return f"the replacement of {self.contract} {self.why}"

    def fix(self) -> str:
        return self.cure
