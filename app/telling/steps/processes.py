"""Steps of the supervisor."""

from __future__ import annotations

from dataclasses import dataclass, field

from .step import Step


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
