"""Steps of calls and of the neighbours that answer them."""

from __future__ import annotations

from dataclasses import dataclass

from .step import Step


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
    """A remote answerer cannot be reached; calls to it are Unavailable until it returns. `why`: it can, and will not
    talk to us."""

    contract: str
    address: str
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourFound(Step):
    """A remote answerer can be reached (again)."""

    contract: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRefused(Step):
    """Somebody who connected is none of this deployment's processes, or does not keep to the wire: hung up on. Told at
    most once a second; `times` counts those since."""

    address: str
    why: str
    times: int = 1
