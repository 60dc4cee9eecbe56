"""uvicorn's HTTP/1.1 protocols with what they lack: a bound on slow and on large heads, problems for what is no HTTP.

httptools parses twice as many requests a second as h11 and is taken where it is installed.
"""

from __future__ import annotations

import asyncio
import sys
from importlib.util import find_spec
from typing import Any

from .limits import Limits
from .problems import phrase, problem


def connection(limits: Limits, parser: str = "") -> type[asyncio.Protocol]:
    """The protocol class for connections. parser: `h11` or `httptools`; by default the faster one that is there."""
    if parser == "httptools" or (not parser and find_spec("httptools") is not None):
        return _with_httptools(limits)
    return _with_h11(limits)


def _with_h11(limits: Limits) -> type[asyncio.Protocol]:
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Connection(H11Protocol):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.timeout_keep_alive_task = self.loop.call_later(limits.header_timeout, self.timeout_keep_alive_handler)

        def data_received(self, data: bytes) -> None:
            # uvicorn would stop the clock at the first byte: a head that drips in would hold the connection for ever.
            # It is stopped when the head is complete.
            self.conn.receive_data(data)
            self.handle_events()

        def send_400_response(self, msg: str) -> None:
            too_large = getattr(sys.exc_info()[1], "error_status_hint", 400) == 431
            _refuse(self, 431 if too_large else 400)

    return Connection


def _with_httptools(limits: Limits) -> type[asyncio.Protocol]:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    class Connection(HttpToolsProtocol):
        _steps = 0
        """Heads, pieces of bodies and ends of messages seen so far."""
        _unfinished = 0
        """Bytes since then: of a head, or of trailers, that the parser keeps without telling."""

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.timeout_keep_alive_task = self.loop.call_later(limits.header_timeout, self.timeout_keep_alive_handler)

        def data_received(self, data: bytes) -> None:
            if self.transport.is_closing():
                return
            steps, clock = self._steps, self.timeout_keep_alive_task
            self.timeout_keep_alive_task = None  # see the other protocol: the clock runs until a head is complete
            super().data_received(data)
            if self._steps != steps:
                self._unfinished = 0
                if clock is not None:
                    clock.cancel()
                return
            if self.timeout_keep_alive_task is None:
                self.timeout_keep_alive_task = clock
            self._unfinished += len(data)
            if self._unfinished > limits.max_header_bytes and not self.transport.is_closing():
                _refuse(self, 431)

        def on_headers_complete(self) -> None:
            self._steps += 1
            super().on_headers_complete()

        def on_body(self, body: bytes) -> None:
            self._steps += 1
            super().on_body(body)

        def on_message_complete(self) -> None:
            self._steps += 1
            super().on_message_complete()

        def send_400_response(self, msg: str) -> None:
            _refuse(self, 400)

    return Connection


def _refuse(connection: Any, status: int) -> None:
    """Answer what never became a request, and close; in the middle of another response only close."""
    if connection.cycle is None or connection.cycle.response_complete:
        detail = "the head of the request is too large" if status == 431 else "this is not valid HTTP/1.1"
        answer = problem(status, detail)
        lines = [b"HTTP/1.1 %d %s" % (status, phrase(status).encode())]
        headers = [*connection.server_state.default_headers, *answer.headers, (b"connection", b"close")]
        lines += [name + b": " + value for name, value in headers]
        connection.transport.write(b"\r\n".join([*lines, b"", answer.body]))
    connection.transport.close()
