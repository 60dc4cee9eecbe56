"""Steps of calls and of the neighbours that answer them."""

from __future__ import annotations

from .step import Step


class CallBroke(Step, frozen=True, kw_only=True):
    """An implementation raised what its contract does not declare. The caller sees Internal; the cause is told here."""

    contract: str
    method: str
    error: BaseException


class RequestBroke(Step, frozen=True, kw_only=True):
    """A handler of an edge raised what it should not have. The client sees a bare 500."""

    edge: str
    request: str
    error: BaseException


class Swapped(Step, frozen=True, kw_only=True):
    """A contract's answers come from elsewhere now; the old target finished its last call after `seconds`."""

    contract: str
    before: str
    after: str
    seconds: float


class NeighbourLost(Step, frozen=True, kw_only=True):
    """A remote answerer cannot be reached; calls to it are Unavailable until it returns. `why`: it can, and will not
    talk to us."""

    contract: str
    address: str
    why: str | None = None


class NeighbourFound(Step, frozen=True, kw_only=True):
    """A remote answerer can be reached (again)."""

    contract: str
    address: str


class NeighbourDiffers(Step, frozen=True, kw_only=True):
    """A remote answerer declares a contract otherwise than this process does, as while a new version is rolled out: the
    methods whose messages differ, those that it does not have, and those that only it has."""

    contract: str
    address: str
    differ: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


class PeerRefused(Step, frozen=True, kw_only=True):
    """Somebody who connected is none of this deployment's processes, or does not keep to the wire: hung up on. Told at
    most once a second; `times` counts those since."""

    address: str
    why: str
    times: int = 1
