"""One listening HTTP server inside our own loop: uvicorn's protocols without its signals, its exits and its polling."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import sys
from collections.abc import Iterator
from contextvars import Context
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from ..telling.refusals import Refused
from ..telling.refusals.running import CannotListen, PortTaken
from .answers import ASGI
from .exchanges import UnderWay
from .limits import Limits
from .problems import problem


class Listener:
    """An ASGI app at an address. `edge` names it in refusals; `setting` is what moves it."""

    def __init__(
        self, app: ASGI, under_way: UnderWay, *, edge: str, limits: Limits, sockets: bool, setting: str = ""
    ) -> None:
        self._under_way, self._edge, self._setting = under_way, edge, setting
        config = uvicorn.Config(
            app,
            loop="none",
            http=_connection(limits.header_timeout),
            ws="websockets-sansio" if sockets else "none",
            ws_max_size=limits.max_body_bytes,
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level=logging.CRITICAL,  # what happens is told in steps
            access_log=False,
            proxy_headers=False,
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
        server = self._server
        for listening in server.servers:
            listening.close()
        for connection in list(server.server_state.connections):
            connection.shutdown()
        left = await self._under_way.drain(seconds)
        for connection in list(server.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)
        for connection in list(server.server_state.connections):
            connection.transport.abort()
        if self._ticking is not None:
            self._ticking.cancel()
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


def _addresses(host: str, port: int) -> Iterator[tuple[socket.AddressFamily, Any]]:
    seen: set[Any] = set()
    for family, _, _, _, address in socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    ):
        if family in (socket.AF_INET, socket.AF_INET6) and address not in seen:
            seen.add(address)
            yield family, address


def _connection(header_timeout: float) -> type[H11Protocol]:
    """uvicorn's HTTP/1.1 protocol, with a bound on slow heads and problems for what cannot be parsed."""

    class Connection(H11Protocol):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.timeout_keep_alive_task = self.loop.call_later(header_timeout, self._no_head)

        def data_received(self, data: bytes) -> None:
            # uvicorn would stop the clock at the first byte: a head that drips in would hold the connection for ever.
            self.conn.receive_data(data)
            self.handle_events()

        def _no_head(self) -> None:
            if self.cycle is None:
                self.timeout_keep_alive_handler()

        def send_400_response(self, msg: str) -> None:
            error = sys.exc_info()[1]
            status = getattr(error, "error_status_hint", 400)
            detail = "the head of the request is too large" if status == 431 else "this is not valid HTTP/1.1"
            answer = problem(status, detail)
            if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                head = h11.Response(status_code=answer.status, headers=[*answer.headers, (b"connection", b"close")],
                                    reason=b"Request Header Fields Too Large" if status == 431 else b"Bad Request")  # fmt: skip
                for event in (head, h11.Data(data=answer.body), h11.EndOfMessage()):
                    self.transport.write(self.conn.send(event) or b"")
            self.transport.close()

    return Connection
