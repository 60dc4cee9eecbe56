"""Refusals of contracts, messages and their schema."""

from __future__ import annotations

from dataclasses import dataclass

from . import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class BadContract(Refusal):
    """A contract's declaration cannot be what it says."""

    kind = "bad-contract"
    contract: str
    member: str
    why: str
    cure: str

    def says(self) -> str:
        return f"{self.contract}.{self.member} {self.why}" if self.member else f"{self.contract} {self.why}"

    def fix(self) -> str:
        return self.cure
