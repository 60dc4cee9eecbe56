"""Which of several peers gets the next call: those that are fit in turn, those that keep their callers waiting later."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Generic, Protocol, TypeVar

LATE_IN_A_ROW = 3
SHUNNED = 1.0
"""Seconds without calls for a peer that let that many run out of time, while other replicas are there."""


class Lateness:
    """What is known of how a peer keeps time. A process that hangs keeps its connection: several calls in a row that ran
    out of time, and others get the calls for a while."""

    __slots__ = ("_shunned_until", "behind")

    def __init__(self) -> None:
        self.behind = 0
        """Calls in a row that ran out of time."""
        self._shunned_until = 0.0

    def answered(self) -> None:
        """A call came back from here, well or not."""
        self.behind = 0

    def late(self) -> None:
        """A call to here ran out of time."""
        self.behind += 1
        if self.behind >= LATE_IN_A_ROW:
            self._shunned_until = monotonic() + SHUNNED

    @property
    def shunned(self) -> bool:
        return self.behind >= LATE_IN_A_ROW and monotonic() < self._shunned_until


class Peer(Protocol):
    """One peer and the way to it."""

    @property
    def fit(self) -> bool:
        """Whether calls should go here."""
        ...

    @property
    def broken(self) -> bool:
        """Whether the last attempt to reach it failed."""
        ...


P = TypeVar("P", bound=Peer)


class Rotation(Generic[P]):
    """Round robin over peers: those that are fit, or else whichever may become so."""

    def __init__(self, peers: Sequence[P]) -> None:
        self.peers = peers
        self._turn = 0

    def next(self) -> P:
        """The peer for the next call."""
        peers = self.peers
        if len(peers) == 1:
            return peers[0]
        self._turn = turn = (self._turn + 1) % len(peers)
        order = (*peers[turn:], *peers[:turn])
        best = order[0]
        for peer in order:
            if peer.fit:
                return peer
            if best.broken and not peer.broken:
                best = peer
        return best
