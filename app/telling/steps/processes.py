"""Steps of the supervisor."""

from __future__ import annotations

from .step import Step


class ProcessStarted(Step, frozen=True, kw_only=True):
    """A child process runs."""

    process: str
    pid: int


class ProcessExited(Step, frozen=True, kw_only=True):
    """A child process is gone; `restart_in` tells when it is started again, None that it is not."""

    process: str
    pid: int
    code: int
    restart_in: float | None = None
