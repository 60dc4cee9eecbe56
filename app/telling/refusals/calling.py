"""Refusals of implementations that do not answer their contract, and of declared metadata that cannot travel."""

from __future__ import annotations

from . import Refusal


class Unanswered(Refusal, frozen=True, kw_only=True):
    """No implementation answers a method."""

    kind = "unanswered-method"
    contract: str
    method: str
    classes: tuple[str, ...]

    def says(self) -> str:
        by = ", ".join(self.classes)
        return f"{self.contract}.{self.method} is answered by none of: {by}" if by else (
            f"{self.contract}.{self.method} is answered by nobody")  # fmt: skip

    def fix(self) -> str:
        return f"define {self.method} in one of them, or add a slice that does to {self.contract}.by(…)"


class AnsweredTwice(Refusal, frozen=True, kw_only=True):
    """Several implementations answer the same method."""

    kind = "answered-twice"
    contract: str
    method: str
    classes: tuple[str, ...]

    def says(self) -> str:
        return f"{self.contract}.{self.method} is answered by each of: {', '.join(self.classes)}"

    def fix(self) -> str:
        return "leave it to one of them"


class CannotAnswer(Refusal, frozen=True, kw_only=True):
    """An implementation cannot be called as the contract says."""

    kind = "cannot-answer"
    contract: str
    method: str
    by: str
    why: str
    cure: str

    def says(self) -> str:
        if not self.method:
            return f"{self.by} cannot answer {self.contract}: it {self.why}"
        return f"{self.by}.{self.method} cannot answer {self.contract}.{self.method}: it {self.why}"

    def fix(self) -> str:
        return self.cure


class BadMetadata(Refusal, frozen=True, kw_only=True):
    """Declared metadata cannot travel as a header."""

    kind = "bad-metadata"
    name: str
    why: str
    cure: str

    def says(self) -> str:
        return f"the metadata {self.name!r} {self.why}"

    def fix(self) -> str:
        return self.cure
