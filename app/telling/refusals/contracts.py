"""Refusals of contracts, messages and their schema."""

from __future__ import annotations

from . import Refusal


class BadContract(Refusal, frozen=True, kw_only=True):
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


class UnsayableField(Refusal, frozen=True, kw_only=True):
    """A field of a message, of a failure or of a request has a type or a default that protobuf cannot say."""

    kind = "unsayable-field"
    message: str
    member: str
    why: str
    cure: str

    def says(self) -> str:
        return f"{self.message}.{self.member} {self.why}"

    def fix(self) -> str:
        return self.cure


class UnreadableField(Refusal, frozen=True, kw_only=True):
    """The annotations of a message or failure cannot be evaluated."""

    kind = "unreadable-field"
    message: str
    why: str

    def says(self) -> str:
        return f"{self.message} has an annotation that cannot be read ({self.why})"

    def fix(self) -> str:
        return "import the name at the top of the file, outside `if TYPE_CHECKING`"


class BadName(Refusal, frozen=True, kw_only=True):
    """A name that protobuf cannot spell."""

    kind = "bad-name"
    name: str
    owner: str

    def says(self) -> str:
        return f"{self.owner} would be called {self.name!r} on the wire, which protobuf cannot spell"

    def fix(self) -> str:
        return "use ASCII letters, digits and underscores; `proto=` and `service=` give another name"


class NameTaken(Refusal, frozen=True, kw_only=True):
    """Two things claim one protobuf name."""

    kind = "name-taken"
    name: str
    first: str
    second: str

    def says(self) -> str:
        return f"{self.second} and {self.first} are both {self.name!r} on the wire"

    def fix(self) -> str:
        if self.name.endswith("Request"):
            return "give one of the requests another name by `request=`, or share a Message"
        return "share one of them by importing it, or name one by `proto=`"


class LockBroken(Refusal, frozen=True, kw_only=True):
    """The code contradicts the numbers and types that the committed .proto promises."""

    kind = "lock-broken"
    lock: str
    what: str
    why: str
    cure: str

    def says(self) -> str:
        return f"{self.what} {self.why}, as {self.lock} has it"

    def fix(self) -> str:
        return self.cure


class BadLock(Refusal, frozen=True, kw_only=True):
    """A .proto that cannot be read."""

    kind = "bad-lock"
    lock: str
    why: str

    def says(self) -> str:
        return f"{self.lock} cannot be read: {self.why}"

    def fix(self) -> str:
        return "restore it from git, or remove it and run `pangaea contracts`"


class BadSchema(Refusal, frozen=True, kw_only=True):
    """The descriptors made of a Python file do not hold together."""

    kind = "bad-schema"
    file: str
    why: str
    cure: str

    def says(self) -> str:
        return f"{self.file} makes no valid protobuf: {self.why}"

    def fix(self) -> str:
        return self.cure


class StaleLock(Refusal, frozen=True, kw_only=True):
    """The committed .proto is not what the code says."""

    kind = "stale-lock"
    file: str
    diff: str
    missing: bool = False

    def says(self) -> str:
        if self.missing:
            return f"{self.file} is missing: it locks the numbers of what stands beside it"
        return f"{self.file} is not what the code says:\n{self.diff}\n   + is missing in the file, - is too much"

    def fix(self) -> str:
        return "run `pangaea contracts` and commit the file"


class OrphanLock(Refusal, frozen=True, kw_only=True):
    """A .proto of ours that no code stands behind any more."""

    kind = "orphan-lock"
    file: str

    def says(self) -> str:
        return f"{self.file} locks numbers of which no code is left"

    def fix(self) -> str:
        return "restore the code, or run `pangaea contracts`, which removes the file"


class BreakingChange(Refusal, frozen=True, kw_only=True):
    """Callers that hold an older contract would trip over this one."""

    kind = "breaking-change"
    against: str
    file: str
    what: str
    rule: str

    def says(self) -> str:
        return f"{self.file} breaks callers of {self.against}: {self.what} ({self.rule})"

    def fix(self) -> str:
        return "keep what callers hold and add beside it; a removed field stays reserved"


class NoComparison(Refusal, frozen=True, kw_only=True):
    """The older contracts cannot be had."""

    kind = "no-comparison"
    ref: str
    why: str

    def says(self) -> str:
        return f"the contracts cannot be compared with {self.ref}: {self.why}"

    def fix(self) -> str:
        return "name a ref that `git rev-parse` knows and whose contracts are whole"


class NoBuf(Refusal, frozen=True, kw_only=True):
    """The executable that compares contracts is not installed."""

    kind = "no-buf"

    def says(self) -> str:
        return "`buf` is needed to compare contracts with older ones and is not installed"

    def fix(self) -> str:
        return "run `pip install buf-bin`"


class ForeignUnsayable(Refusal, frozen=True, kw_only=True):
    """Somebody else's .proto holds what a contract cannot say."""

    kind = "foreign-unsayable"
    file: str
    what: str
    why: str

    def says(self) -> str:
        where = f"{self.what} in {self.file}" if self.what else self.file
        return f"{where} {self.why}"

    def fix(self) -> str:
        return "leave it out of the copy that you import, or call the service through a stub of your own"


class ForeignUnreadable(Refusal, frozen=True, kw_only=True):
    """Somebody else's .proto cannot be read."""

    kind = "foreign-unreadable"
    file: str
    why: str
    cure: str = "see that protoc accepts the file; `includes` names folders for what it imports"

    def says(self) -> str:
        return f"{self.file} cannot be read: {self.why}"

    def fix(self) -> str:
        return self.cure


class ContractThere(Refusal, frozen=True, kw_only=True):
    """An import would overwrite a contract."""

    kind = "contract-there"
    file: str

    def says(self) -> str:
        return f"{self.file} is there already, and what was written into it by hand would be lost"

    def fix(self) -> str:
        return "import it into another module, or say --replace"
