"""The lean face of bindings: where peers of this deployment connect."""

from __future__ import annotations

import asyncio
import math
import socket
from collections.abc import Sequence
from time import monotonic
from typing import Any

from ...telling.refusals import Refused
from ...telling.refusals.running import PortTaken
from ...telling.steps import PeerRefused, Teller
from ..binding import Binding
from ..cell import Cell
from ..desk import Desk
from ..listening import free
from ..principal import Seal
from .connection import KEEPALIVE
from .greeting import WITHIN
from .session import Session
from .tls import Tls

BACKLOG = 4096
"""Connections that the kernel keeps until they are accepted."""
LAST_ANSWERS = 0.2
"""Seconds that answers may take to leave once their calls are done."""
LOOK = 0.02
"""Seconds between looks at whether they have."""
RENEW = 10.0
"""Seconds between looks at whether certificates have been renewed."""
QUIET = 1.0
"""Seconds between steps about peers that are refused: who connects in a loop must not fill the logs."""


class Served:
    """One method that is answered, with what every call of it needs at hand."""

    __slots__ = ("arguments", "cell", "decode", "default", "encode", "failed", "method", "service", "sole", "streams_in",
                 "streams_out")  # fmt: skip

    def __init__(self, cell: Cell, service: str, default_deadline: float) -> None:
        lean, method = cell.side.wire.lean, cell.side.method
        self.cell = cell
        self.method = method
        self.service = service
        self.sole = method.sole
        self.arguments = cell.side.wire.arguments
        self.decode, self.encode, self.failed = lean.decode_request, lean.encode_result, lean.failed
        self.streams_in, self.streams_out = method.streams_in, method.streams_out
        fallback = math.inf if method.streams_out else default_deadline
        self.default = method.declaration.deadline or fallback
        """Seconds, of calls that arrive without a deadline."""


class LeanServer:
    """Serves bindings to the peers of this process, at one address: `host:port` (port 0: any free one) or `unix:/path`.

    key: the deployment's; without one whoever connects is heard, and principals that arrive are dropped. tls: for an
    address that is no unix socket. default_deadline: seconds, of calls that arrive without one. max_concurrency: calls
    in flight; 0 is no limit. max_message_bytes: the largest request taken.
    """

    def __init__(
        self,
        bindings: Sequence[Binding],
        *,
        address: str,
        tell: Teller,
        key: bytes | None = None,
        tls: Tls | None = None,
        default_deadline: float = 30.0,
        max_message_bytes: int = 4 * 1024 * 1024,
        max_concurrency: int = 0,
        observer: Any = None,
        edge: str = "peers",
        setting: str = "",
        node: str = "",
        keepalive: float = KEEPALIVE,
    ) -> None:
        self.bindings = tuple(bindings)
        self.key, self.node, self.most = key, node, max_message_bytes
        self._default_deadline = default_deadline
        self._address, self._edge, self._setting, self._tls = address, edge, setting, tls
        self._keepalive = keepalive
        self.desk = Desk(Seal(key) if key else None, default_deadline, max_concurrency, tell, observer)
        self.serving = False
        """Whether peers are welcome."""
        self.sessions: set[Session] = set()
        self.methods: tuple[Served, ...] = ()
        self.services: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()
        """What peers are told: the place of a method among all is its code."""
        self.stopped = False
        self._listener: asyncio.Server | None = None
        self._renewing: asyncio.TimerHandle | None = None
        self._told, self._untold = 0.0, 0
        self.address = ""
        """Where it listens, once it does."""

    @property
    def running(self) -> int:
        """Calls in flight."""
        return self.desk.running

    async def start(self) -> str:
        """Listen; peers are asked to come back later until `ready`. Returns the address, its port filled in.

        Raises Refused (PortTaken, CannotListen).
        """
        loop = asyncio.get_running_loop()
        await free(self._address, self._edge, self._setting)
        self._declare()

        def session() -> Session:
            return Session(loop, self, self._keepalive)

        try:
            if self._address.startswith("unix:"):
                path = self._address.removeprefix("unix:")
                self._listener = await loop.create_unix_server(session, path, backlog=BACKLOG)
                self.address = self._address
            else:
                host, _, port = self._address.rpartition(":")
                secure = None if self._tls is None else self._tls.server()
                limits: Any = (
                    {} if secure is None else {"ssl_handshake_timeout": WITHIN, "ssl_shutdown_timeout": WITHIN}
                )
                self._listener = await loop.create_server(
                    session, host.strip("[]") or None, int(port), ssl=secure, backlog=BACKLOG, **limits
                )
                self.address = f"{host}:{_port_of(self._listener.sockets)}"
                self._renew()
        except OSError:
            raise Refused([PortTaken(edge=self._edge, address=self._address, setting=self._setting)]) from None
        return self.address

    def ready(self, serving: bool) -> None:
        """Whether peers are welcome from now on; those that are here are asked to go elsewhere, and may stay until the
        end."""
        was, self.serving = self.serving, serving
        if was and not serving:
            for session in tuple(self.sessions):
                session.go_away("this process is about to stop")

    async def stop(self, grace: float) -> int:
        """Refuse new calls, let those in flight finish within `grace` seconds, cut off the rest: returns how many."""
        listener, self._listener = self._listener, None
        if listener is None:
            return 0
        end = monotonic() + grace
        self.ready(False)
        self.stopped = True
        self.desk.drain()
        listener.close()
        if self._renewing is not None:
            self._renewing.cancel()
        for _ in range(3):  # who was let in just now is still on the way to becoming a session
            await asyncio.sleep(0)
        await self.desk.idle(end)
        left = self.desk.running
        tasks = [task for session in self.sessions for task in session.tasks.values()]
        closing = tuple(self.sessions)
        for session in closing:
            session.farewell("this process stops", max(LAST_ANSWERS, end - monotonic()))
        if tasks:
            await asyncio.wait(tasks, timeout=LAST_ANSWERS)
        while any(session.unsent for session in closing) and monotonic() < end:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(LOOK)  # an answer is lost where its last bytes are
        gone = [session.gone for session in closing]
        if gone:  # each goes by itself once what it has said has left
            await asyncio.wait(gone, timeout=LAST_ANSWERS)
        for session in closing:
            session.abort()
        return left

    def refused(self, session: Session, why: str) -> None:
        """Somebody is hung up on."""
        self._untold += 1
        now = monotonic()
        if now - self._told >= QUIET:
            self.desk.tell(PeerRefused(address=self.address, why=why, times=self._untold))
            self._told, self._untold = now, 0

    def _declare(self) -> None:
        methods: list[Served] = []
        services: list[tuple[str, tuple[tuple[str, int], ...]]] = []
        for binding in self.bindings:
            service = binding.spec.service
            cells = tuple(binding.cells.values())
            methods += [Served(cell, service, self._default_deadline) for cell in cells]
            services.append(
                (service, tuple((cell.side.method.wire, cell.side.wire.lean.fingerprint) for cell in cells))
            )
        self.methods, self.services = tuple(methods), tuple(services)

    def _renew(self) -> None:
        if self._tls is not None:
            self._tls.renew()
            self._renewing = asyncio.get_running_loop().call_later(RENEW, self._renew)


def _port_of(sockets: Sequence[socket.socket]) -> int:
    return sockets[0].getsockname()[1]
