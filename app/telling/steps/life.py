"""Steps of a process: checked, built, started, listening, ready, drained, stopped."""

from __future__ import annotations

from ..refusals import Refusal
from .step import Step


class Refused(Step, frozen=True, kw_only=True):
    """Nothing was started, for these reasons."""

    refusals: tuple[Refusal, ...]


class Checked(Step, frozen=True, kw_only=True):
    """The declarations, the graph and the placement hold."""

    modules: int
    constructors: int
    seconds: float


class Placed(Step, frozen=True, kw_only=True):
    """Where this process finds the answers of a contract: `local`, `remote` or `external`, and at which addresses."""

    contract: str
    placement: str
    addresses: tuple[str, ...] = ()


class Built(Step, frozen=True, kw_only=True):
    """A constructor was called and answered."""

    what: str
    seconds: float


class BuildFailed(Step, frozen=True, kw_only=True):
    """A constructor raised; everything opened so far is closed again."""

    what: str
    error: BaseException


class HookStarting(Step, frozen=True, kw_only=True):
    """A start hook begins."""

    hook: str


class HookStarted(Step, frozen=True, kw_only=True):
    """A start hook ended well."""

    hook: str
    seconds: float


class HookStartFailed(Step, frozen=True, kw_only=True):
    """A start hook raised, ran out of time, or was cancelled because another one failed."""

    hook: str
    error: BaseException


class HookStopped(Step, frozen=True, kw_only=True):
    """A stop hook ended well."""

    hook: str
    seconds: float


class HookStopFailed(Step, frozen=True, kw_only=True):
    """A stop hook raised or ran out of time; the others still run."""

    hook: str
    error: BaseException


class StartStuck(Step, frozen=True, kw_only=True):
    """The start takes long: the tree of who waits for whom."""

    tree: str
    seconds: float


class StartFailed(Step, frozen=True, kw_only=True):
    """The process did not become ready; whatever had started is stopped again."""

    error: BaseException


class Listening(Step, frozen=True, kw_only=True):
    """An edge (`http`, `grpc`, `management`, `peers`) accepts connections at an address."""

    edge: str
    address: str


class Ready(Step, frozen=True, kw_only=True):
    """Everything this process needs of its own is up."""

    process: str
    modules: tuple[str, ...]
    seconds: float


class SignalReceived(Step, frozen=True, kw_only=True):
    """The operating system asked us to go."""

    signal: str


class ShutdownRequested(Step, frozen=True, kw_only=True):
    """Somebody asked the host to stop with this exit code."""

    code: int
    cause: BaseException | None = None


class Draining(Step, frozen=True, kw_only=True):
    """No new work is taken; what is in flight may finish within `seconds`."""

    seconds: float


class Drained(Step, frozen=True, kw_only=True):
    """What was in flight has finished, or `left` of it has been cut off."""

    seconds: float
    left: int = 0


class Stopped(Step, frozen=True, kw_only=True):
    """All stop hooks have run."""

    seconds: float
    errors: int = 0


class StopFailed(Step, frozen=True, kw_only=True):
    """A part of stopping or closing failed; the rest was done all the same."""

    error: BaseException


class Closed(Step, frozen=True, kw_only=True):
    """The generators' tails have run; the container is empty."""

    seconds: float


class BackgroundFailed(Step, frozen=True, kw_only=True):
    """Supervised work raised; `retry_in` tells when it is tried again, None that it is given up."""

    work: str
    error: BaseException
    retry_in: float | None
