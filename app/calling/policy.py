"""What a binding does about trouble: tries again, stops trying for a while, refuses what is too much."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic


@dataclass(frozen=True, slots=True)
class Policy:
    """One contract's policy. Times are seconds; 0 turns a breaker or a limit off."""

    default_deadline: float = 30.0
    """Of a call that finds no deadline in force and whose method declares none. Streams get none by default."""
    attempts: int = 3
    """Tries altogether, of queries and idempotent commands, while whoever should answer is Unavailable."""
    backoff: float = 0.05
    """Before the second try; doubled for each further one, each a random 50 to 100 % of it."""
    backoff_limit: float = 1.0
    retry_budget: float = 0.2
    """Tries again that each call pays for: when all fail, the load on the neighbour grows by no more than this."""
    breaker_failures: int = 0
    """Failures in a row (Unavailable, DeadlineExceeded) that open the breaker."""
    breaker_pause: float = 1.0
    """How long an open breaker lets nothing through; then a single probe decides."""
    max_concurrency: int = 0
    """Calls in flight; one more is ResourceExhausted."""
    max_message_bytes: int = 4 * 1024 * 1024

    def pause(self, tries: int) -> float:
        """Seconds to wait after this many tries."""
        full = min(self.backoff * 2 ** (tries - 1), self.backoff_limit)
        return full * random.uniform(0.5, 1.0)


class RetryBudget:
    """A bucket of tries: calls fill it by a share of a token, a further try takes a whole one."""

    __slots__ = ("_share", "_tokens")

    MOST = 10.0

    def __init__(self, share: float) -> None:
        self._share = share
        self._tokens = self.MOST

    def take(self, calls: int) -> bool:
        """Whether one more try is paid for; `calls` is how many calls there have been that have not paid yet."""
        self._tokens = min(self.MOST, self._tokens + calls * self._share)
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True


class Breaker:
    """Closed, open, or half open: after the pause exactly one call goes through, and its outcome decides."""

    __slots__ = ("_clock", "_in_a_row", "_limit", "_open_until", "_pause", "calm", "probing")

    def __init__(self, failures: int, pause: float, clock: Callable[[], float] = monotonic) -> None:
        self._limit = failures
        self._pause = pause
        self._clock = clock
        self._in_a_row = 0
        self._open_until = 0.0
        self.probing = False
        """Whether a probe is under way: that of whoever was admitted just now, if it is one."""
        self.calm = True
        """Whether nothing has failed since the last success: then nobody need ask, nor tell of another success."""

    @property
    def state(self) -> str:
        """`closed`, `open` or `half-open`."""
        if self._in_a_row < self._limit:
            return "closed"
        return "half-open" if self.probing or self._clock() >= self._open_until else "open"

    def admits(self) -> bool:
        """Whether a call may go; who is admitted must report `succeeded`, `failed` or `abandoned`."""
        if self._in_a_row < self._limit:
            return True
        if self.probing or self._clock() < self._open_until:
            return False
        self.probing = True
        return True

    def succeeded(self) -> None:
        self._in_a_row = 0
        self.probing = False
        self.calm = True

    def failed(self) -> None:
        self._in_a_row += 1
        self.probing = False
        self.calm = False
        if self._in_a_row >= self._limit:
            self._open_until = self._clock() + self._pause

    def abandoned(self) -> None:
        """The call was cancelled and says nothing: another probe may go."""
        self.probing = False
