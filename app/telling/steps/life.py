"""Steps of a process: checked, built, started, listening, ready, drained, stopped."""

from __future__ import annotations

from dataclasses import dataclass

from ..refusals import Refusal
from .step import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Step):
    """Nothing was started, for these reasons."""

    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked(Step):
    """The declarations, the graph and the placement hold."""

    modules: int
    constructors: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed(Step):
    """Where this process finds the answers of a contract: `local`, `remote` or `external`, and at which addresses."""

    contract: str
    placement: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Built(Step):
    """A constructor was called and answered."""

    what: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildFailed(Step):
    """A constructor raised; everything opened so far is closed again."""

    what: str
    error: BaseException


@dataclass(frozen=True, slots=True, kw_only=True)
class HookStarting(Step):
    """A start hook begins."""

    hook: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HookStarted(Step):
    """A start hook ended well."""

    hook: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HookStartFailed(Step):
    """A start hook raised, ran out of time, or was cancelled because another one failed."""

    hook: str
    error: BaseException


@dataclass(frozen=True, slots=True, kw_only=True)
class HookStopped(Step):
    """A stop hook ended well."""

    hook: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HookStopFailed(Step):
    """A stop hook raised or ran out of time; the others still run."""

    hook: str
    error: BaseException


@dataclass(frozen=True, slots=True, kw_only=True)
class StartStuck(Step):
    """The start takes long: the tree of who waits for whom."""

    tree: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFailed(Step):
    """The process did not become ready; whatever had started is stopped again."""

    error: BaseException


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening(Step):
    """An edge (`http`, `grpc`, `management`, `peers`) accepts connections at an address."""

    edge: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready(Step):
    """Everything this process needs of its own is up."""

    process: str
    modules: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalReceived(Step):
    """The operating system asked us to go."""

    signal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShutdownRequested(Step):
    """Somebody asked the host to stop with this exit code."""

    code: int
    cause: BaseException | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draining(Step):
    """No new work is taken; what is in flight may finish within `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained(Step):
    """What was in flight has finished, or `left` of it has been cut off."""

    seconds: float
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped(Step):
    """All stop hooks have run."""

    seconds: float
    errors: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StopFailed(Step):
    """A part of stopping or closing failed; the rest was done all the same."""

    error: BaseException


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Step):
    """The generators' tails have run; the container is empty."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BackgroundFailed(Step):
    """Supervised work raised; `retry_in` tells when it is tried again, None that it is given up."""

    work: str
    error: BaseException
    retry_in: float | None
