"""The ways to peers: one connection for each address, kept, found again, shared by all contracts."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from time import monotonic

from ...ambient import DEADLINE_PASSED
from ...module.failure import DeadlineExceeded, Failure, Unauthenticated, Unavailable
from ...telling.steps import NeighbourFound, NeighbourLost, Teller
from ..crossing import UNPROCESSED, marked
from ..principal import Seal
from ..rotation import Lateness, Rotation
from .connection import KEEPALIVE
from .link import Link, Refused
from .places import Place, place_of, resolved
from .tls import Tls
from .versions import Versions
from .vigil import BUSY_POLL

ATTEMPT = 2.0
"""Seconds that one attempt to connect, greeting included, may take."""
FIRST, LONGEST = 0.1, 0.8
"""Seconds between attempts, up to a fifth more: a neighbour is found within a second of its return."""
GOING = 0.5
"""Seconds that what is on its way may take to leave when all lines are closed."""
ASK_AGAIN = 10.0
"""Seconds for which the addresses behind a name hold."""


class Line(Lateness):
    """One peer. It connects when it is made, and again whenever the connection is gone."""

    def __init__(self, place: Place, lines: Lines) -> None:
        super().__init__()
        self.place = place
        self.link: Link | None = None
        """The present connection, greeted; one that is about to go until another is there."""
        self.broken = False
        self.refusal: Failure | None = None
        """Why the peer does not talk to us, where it said so."""
        self.contracts: set[str] = set()
        """Those that are asked for here."""
        self._lines = lines
        self._lost = False
        self._tried = asyncio.Event()
        self.keeping = asyncio.get_running_loop().create_task(self._keep(), name=f"keep {place}")

    @property
    def fit(self) -> bool:
        """Whether calls should go here."""
        link = self.link
        return link is not None and link.open and not link.leaving.done() and not self.shunned

    def serve(self, contract: str) -> None:
        """A contract is asked for here, too."""
        self.contracts.add(contract)
        if self.link is not None and self.link.open:
            self._lines.versions.met(str(self.place), (contract,), self.link.welcome.services)

    async def connected(self, contract: str, until: float) -> Link:
        """A connection, waited for while an attempt is under way. Raises Unavailable (nothing was sent),
        Unauthenticated, DeadlineExceeded."""
        while True:
            if self.link is not None and self.link.open:
                return self.link
            if self.broken or self._lines.closed:
                raise self._failure(contract)
            tried = self._tried
            left = until - monotonic()
            late: Failure
            try:
                async with asyncio.timeout(min(left, ATTEMPT * 2)):
                    await tried.wait()
            except TimeoutError:
                if left <= ATTEMPT * 2:  # not by the clock again: uvloop's may end a millisecond before it
                    self.late()
                    late = DeadlineExceeded(DEADLINE_PASSED)
                else:
                    late = self._failure(contract)
            else:
                continue
            raise late

    def _failure(self, contract: str) -> Failure:
        if self.refusal is not None and not self._lines.closed:
            return self.refusal.again()
        return marked(Unavailable(f"{contract} cannot be reached"), UNPROCESSED)

    async def _keep(self) -> None:
        pause = FIRST
        while True:
            try:
                async with asyncio.timeout(ATTEMPT):
                    link = await self._lines.dial(self.place)
            except (OSError, TimeoutError, ValueError) as error:  # ValueError: a name that can be nobody's
                self._failed(error)
                await asyncio.sleep(pause * random.uniform(1.0, 1.2))
                pause = min(pause * 2, LONGEST)
                continue
            began = monotonic()
            old, self.link = self.link, link
            self.broken, self.refusal = False, None
            self._lines.versions.met(str(self.place), self.contracts, link.welcome.services)
            if old is not None:
                old.retire()
            if self._lost:
                self._lost = False
                self._lines.tell(NeighbourFound(contract=self._said, address=str(self.place)))
            self.notify()
            await link.leaving
            if link.closed:
                self.link = None
            if monotonic() - began > LONGEST:
                pause = FIRST
            else:  # a peer that greets and hangs up is not called back without end
                await asyncio.sleep(pause * random.uniform(1.0, 1.2))
                pause = min(pause * 2, LONGEST)

    def _failed(self, error: Exception) -> None:
        self.broken = True
        if self.link is not None and self.link.closed:
            self.link = None
        refused = isinstance(error, Refused)
        theirs = isinstance(error, Refused) and error.code == Unauthenticated.code
        self.refusal = Unauthenticated(str(error)) if theirs else None
        if not self._lost:
            self._lost = True
            tls = getattr(error, "library", "") == "SSL"  # ssl itself is imported where it is configured only
            why = f"TLS: {getattr(error, 'reason', '')}" if tls else str(error) if refused else None
            self._lines.tell(NeighbourLost(contract=self._said, address=str(self.place), why=why))
        self.notify()

    def notify(self) -> None:
        """Whoever waits for an attempt looks again."""
        tried, self._tried = self._tried, asyncio.Event()
        tried.set()

    @property
    def _said(self) -> str:
        return ", ".join(sorted(self.contracts))


class Lines:
    """All lines of a process. Nothing connects before the first call that needs it.

    key: the deployment's, which each peer must have too; without one whoever answers is believed, and principals stay
    at home. max_message_bytes: the largest answer taken. tls: for addresses that are no unix sockets. busy_poll: seconds
    that a lone call's caller stays awake for its answer.
    """

    def __init__(
        self,
        *,
        key: bytes | None = None,
        tls: Tls | None = None,
        max_message_bytes: int = 4 * 1024 * 1024,
        tell: Teller | None = None,
        node: str = "",
        keepalive: float = KEEPALIVE,
        busy_poll: float = BUSY_POLL,
    ) -> None:
        self.seal = Seal(key) if key else None
        self.tell: Teller = tell or Teller()
        self.versions = Versions(self.tell)
        self.closed = False
        self._key, self._tls, self._most = key, tls, max_message_bytes
        self._node, self._keepalive, self._busy_poll = node, keepalive, busy_poll
        self._lines: dict[Place, Line] = {}

    def line(self, place: Place) -> Line:
        found = self._lines.get(place)
        if found is None:
            found = self._lines[place] = Line(place, self)
        return found

    def left(self, line: Line, contract: str) -> None:
        """A contract's peers are elsewhere. A line that none needs any more ends with its last call: machines come and go
        behind a name, and each would be called for ever."""
        line.contracts.discard(contract)
        if line.contracts or self._lines.get(line.place) is not line:
            return
        del self._lines[line.place]
        line.keeping.cancel()
        line.broken = True
        line.notify()
        if line.link is not None:
            line.link.retire()

    async def dial(self, place: Place) -> Link:
        """A greeted connection. Raises OSError."""
        loop = asyncio.get_running_loop()

        def made() -> Link:
            return Link(loop, self._key, self._most, self._node, self._keepalive, self._busy_poll)

        if place.path:
            _, link = await loop.create_unix_connection(made, place.path)
        else:
            secure = None if self._tls is None else self._tls.client()
            _, link = await loop.create_connection(made, place.host, place.port, ssl=secure)
        try:
            await asyncio.shield(link.greeted)
        except BaseException:
            link.lose("the greeting was given up")
            if link.greeted.done() and not link.greeted.cancelled():
                link.greeted.exception()  # somebody has seen it
            raise
        return link

    async def close(self) -> None:
        """Close every connection; calls in flight become Unavailable."""
        self.closed = True
        lines, self._lines = list(self._lines.values()), {}
        for line in lines:
            line.keeping.cancel()
            line.notify()
        await asyncio.gather(*(line.keeping for line in lines), return_exceptions=True)
        links = [line.link for line in lines if line.link is not None]
        for link in links:
            link.close()
        if links:
            await asyncio.wait([link.gone for link in links], timeout=GOING)
        for link in links:
            link.abort()


class Peers:
    """The peers that answer one contract, in rotation. A `dns` name stands for all machines behind it."""

    def __init__(self, lines: Lines, addresses: Sequence[str], contract: str) -> None:
        self._lines, self._contract = lines, contract
        self._places = tuple(place_of(address) for address in addresses)
        self._named = any(place.several for place in self._places)
        self._asked = 0.0
        self.only: Line | None = None
        """Where there is one peer, and always will be."""
        self._rotation: Rotation[Line] | None = None
        if not self._named:
            self._turn_to(self._places)

    def next(self) -> Line | None:
        """The peer for the next call; None where names have to be looked up first."""
        if self.only is not None:
            return self.only
        if self._rotation is None or (self._named and monotonic() - self._asked > ASK_AGAIN):
            return None
        return self._rotation.next()

    async def looked_up(self) -> Line:
        """The peer for the next call, after a look at what stands behind the names. Raises Unavailable."""
        places: dict[Place, None] = {}
        for place in self._places:
            try:
                places |= dict.fromkeys(await resolved(place) if place.several else (place,))
            except OSError:
                continue
        self._asked = monotonic()
        if places:
            self._turn_to(tuple(places))
        if self._rotation is None:
            raise marked(Unavailable(f"{self._contract} cannot be reached"), UNPROCESSED)
        return self._rotation.next()

    def _turn_to(self, places: Sequence[Place]) -> None:
        if self._rotation is not None and tuple(line.place for line in self._rotation.peers) == tuple(places):
            return
        lines = [self._lines.line(place) for place in places]
        for line in lines:
            line.serve(self._contract)
        for line in () if self._rotation is None else self._rotation.peers:
            if line not in lines:
                self._lines.left(line, self._contract)
        self._rotation = Rotation(lines)
        self.only = lines[0] if len(lines) == 1 and not self._named else None
