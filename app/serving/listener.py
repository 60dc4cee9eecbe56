"""One listening HTTP server inside our own loop: uvicorn's protocols without its signals, its exits and its polling."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Iterator, Sequence
from contextvars import Context
from typing import Any

import uvicorn

from ..telling.refusals import Refused
from ..telling.refusals.running import CannotListen, PortTaken
from .answers import ASGI
from .connections import connection
from .exchanges import UnderWay
from .limits import Limits


class Listener:
    """An ASGI app at an address. `edge` names it in refusals; `setting` is what moves it."""

    def __init__(
        self,
        app: ASGI,
        under_way: UnderWay,
        *,
        edge: str,
        limits: Limits,
        sockets: bool,
        setting: str = "",
        parser: str = "",
        trusted_proxies: Sequence[str] = (),
    ) -> None:
        self._under_way, self._edge, self._setting = under_way, edge, setting
        config = uvicorn.Config(
            app,
            loop="none",
            http=connection(limits, parser),
            ws="websockets-sansio" if sockets else "none",
            ws_max_size=limits.max_body_bytes,
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level=logging.CRITICAL,  # what happens is told in steps
            access_log=False,
            proxy_headers=bool(trusted_proxies),
            forwarded_allow_ips=list(trusted_proxies),
            server_header=False,
            reset_contextvars=True,
            timeout_keep_alive=max(1, round(limits.keep_alive)),
            h11_max_incomplete_event_size=limits.max_header_bytes,
        )
        self._config = config
        self._server = uvicorn.Server(config)
        self._ticking: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> str:
        """Bind and accept; the address with the port that was bound. Raises Refused: PortTaken, CannotListen."""
        sockets = self._bind(host, port)
        if not self._config.loaded:
            self._config.load()
        self._server.lifespan = self._config.lifespan_class(self._config)
        await self._server.on_tick(0)
        await self._server.startup(sockets)
        self._ticking = asyncio.create_task(self._tick(), name=f"{self._edge} date", context=Context())
        name = sockets[0].getsockname()
        shown = f"[{name[0]}]" if ":" in name[0] else name[0]
        return f"{shown}:{name[1]}"

    async def stop(self, seconds: float) -> int:
        """Accept no more, close idle connections, finish what is under way within `seconds`, cut off the rest."""
        if self._ticking is None:
            return 0
        state = self._server.server_state
        for listening in self._server.servers:
            listening.close()
        for one in list(state.connections):
            one.shutdown()
        left = await self._under_way.drain(seconds)
        await _closed(state.connections)
        self._ticking.cancel()
        self._ticking = None
        return left

    async def _tick(self) -> None:
        while True:  # the Date header
            await asyncio.sleep(1.0)
            await self._server.on_tick(0)

    def _bind(self, host: str, port: int) -> list[socket.socket]:
        bound: list[socket.socket] = []
        try:
            for family, address in _addresses(host, port):
                # named TCP: asyncio sends without delay (TCP_NODELAY) only where it sees that
                one = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
                bound.append(one)
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                if len(bound) > 1:  # a free port was asked for: all families take the one that the first got
                    address = (address[0], bound[0].getsockname()[1], *address[2:])
                one.bind(address)
                one.listen(2048)  # a taken port may show only now
                one.setblocking(False)
        except OSError as error:
            for one in bound:
                one.close()
            where = f"{host or '*'}:{port}"
            if error.errno == errno.EADDRINUSE:
                raise Refused([PortTaken(edge=self._edge, address=where, setting=self._setting)]) from None
            why = (error.strerror or str(error)).lower()
            raise Refused([CannotListen(edge=self._edge, address=where, why=why, setting=self._setting)]) from None
        return bound


async def _closed(connections: set[Any]) -> None:
    """Close what is still open; what was written is sent first, unless the other side does not read."""
    for one in list(connections):
        one.transport.close()
    try:
        async with asyncio.timeout(0.5):
            while connections:  # noqa: ASYNC110  # uvicorn tells nobody when one is gone
                await asyncio.sleep(0.005)
    except TimeoutError:
        for one in list(connections):
            one.transport.abort()


def _addresses(host: str, port: int) -> Iterator[tuple[socket.AddressFamily, Any]]:
    seen: set[Any] = set()
    for family, _, _, _, address in socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    ):
        if family in (socket.AF_INET, socket.AF_INET6) and address not in seen:
            seen.add(address)
            yield family, address
