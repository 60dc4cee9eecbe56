"""Steps: one frozen type for each thing that the host does. Logs, traces and the console are listeners to these.

A step carries facts as fields and no sentence; times are seconds (float). Adding a type here means deciding how
`app.observing.lines` says it: a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that the host did. `module` names whose doing it was; empty for the host itself."""

    module: str = ""


Listener = Callable[[Step], None]


class Teller:
    """Hands every step to every listener, in order of registration. A listener that raises silences only itself."""

    __slots__ = ("_listeners",)

    def __init__(self, *listeners: Listener) -> None:
        self._listeners: list[Listener] = list(listeners)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Add a listener; the returned function removes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def __call__(self, step: Step) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(step)
            except Exception:  # telling must never change what is told
                continue


# --- before anything runs -------------------------------------------------------------------------------------------


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


# --- wiring and life ------------------------------------------------------------------------------------------------


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


# --- background work ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BackgroundFailed(Step):
    """Supervised work raised; `retry_in` tells when it is tried again, None that it is given up."""

    work: str
    error: BaseException
    retry_in: float | None


# --- data -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated(Step):
    """A module's tables were brought from one revision (empty before the first) to another."""

    before: str
    after: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationsAhead(Step):
    """A module's tables are at a revision that this code does not know; it knows them up to `head`."""

    current: str
    head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseLost(Step):
    """A database cannot be used; what needs it fails until it returns. `url` is without its password."""

    url: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFound(Step):
    """A database can be used again."""

    url: str


# --- calls ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBroke(Step):
    """An implementation raised what its contract does not declare. The caller sees Internal; the cause is told here."""

    contract: str
    method: str
    error: BaseException


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestBroke(Step):
    """A handler of an edge raised what it should not have. The client sees a bare 500."""

    edge: str
    request: str
    error: BaseException


@dataclass(frozen=True, slots=True, kw_only=True)
class Swapped(Step):
    """A contract's answers come from elsewhere now; the old target finished its last call after `seconds`."""

    contract: str
    before: str
    after: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourLost(Step):
    """A remote answerer cannot be reached; calls to it are Unavailable until it returns."""

    contract: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourFound(Step):
    """A remote answerer can be reached (again)."""

    contract: str
    address: str


# --- the supervisor -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessStarted(Step):
    """A child process runs."""

    process: str
    pid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessExited(Step):
    """A child process is gone; `restart_in` tells when it is started again, None that it is not."""

    process: str
    pid: int
    code: int
    restart_in: float | None = field(default=None)
