"""uvicorn's HTTP/1.1 protocols with what they lack: a bound on slow and on large heads, problems for what is no HTTP.

httptools parses twice as many requests a second as h11 and is taken where it is installed.
"""

from __future__ import annotations

import asyncio
import sys
from importlib.util import find_spec
from typing import Any, cast

from .limits import Limits
from .problems import phrase, problem
from .writing import WithItsHead


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

        refused = False

        def data_received(self, data: bytes) -> None:
            # uvicorn would stop the clock at the first byte: a head that drips in would hold the connection for ever.
            # It is stopped when the head is complete.
            if self.refused:
                return
            self.conn.receive_data(data)
            self.handle_events()

        def send_400_response(self, msg: str) -> None:
            too_large = getattr(sys.exc_info()[1], "error_status_hint", 400) == 431
            _refuse(self, 431 if too_large else 400)

    return Connection


def _with_httptools(limits: Limits) -> type[asyncio.Protocol]:
    import httptools
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    class Connection(HttpToolsProtocol):
        refused = False
        _offered = False
        """Whether the request at hand offers another protocol, which nobody here speaks."""
        _data = _again = b""
        _steps = 0
        """Heads, pieces of bodies and ends of messages seen so far."""
        _unfinished = 0
        """Bytes since then: of a head, or of trailers, that the parser keeps without telling."""

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.timeout_keep_alive_task = self.loop.call_later(limits.header_timeout, self.timeout_keep_alive_handler)

        def data_received(self, data: bytes) -> None:
            if self.refused or self.transport.is_closing():
                return
            self._data = data
            steps, clock = self._steps, self.timeout_keep_alive_task
            self.timeout_keep_alive_task = None  # see the other protocol: the clock runs until a head is complete
            super().data_received(data)
            while self._again:
                self._data, self._again = self._again, b""
                super().data_received(self._data)
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
            self._offered = (
                self.parser.should_upgrade()
                and not self._should_upgrade()
                and self.parser.get_method() != b"CONNECT"  # which offers nothing
            )
            if not self._offered:
                before: Any = self.cycle
                super().on_headers_complete()
                if self.cycle is not before:
                    self.cycle.transport = cast(asyncio.Transport, WithItsHead(self.transport, self.loop))

        def on_body(self, body: bytes) -> None:
            self._steps += 1
            super().on_body(body)

        def on_message_complete(self) -> None:
            self._steps += 1
            if not self._offered:
                super().on_message_complete()

        def _unsupported_upgrade_warning(self) -> None:
            # Java's client offers HTTP/2 with its first request. The parser then takes what follows the head, a body
            # or the next request, for the other protocol: it is read again as if nothing had been offered.
            told: Any = sys.exc_info()[1]
            if not self._offered:
                return
            rest, version = self._data[told.args[0] :], self.parser.get_http_version().encode()
            line = b"%s %s HTTP/%s\r\n" % (self.parser.get_method(), self.url, version)
            headers = [name + b": " + value + b"\r\n" for name, value in self.headers if name != b"upgrade"]
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            self._again = b"".join([line, *headers, b"\r\n", rest])

        def send_400_response(self, msg: str) -> None:
            _refuse(self, 400)

    return Connection


def _refuse(connection: Any, status: int) -> None:
    """Answer what is no request, and close. What came whole before it is answered first; in the middle of a response
    there is nothing left to say."""
    cycle = connection.cycle
    connection.refused = True
    if cycle is not None and not cycle.response_complete:
        if not cycle.more_body:  # closes when it has been answered
            cycle.keep_alive = False
            return
        if cycle.response_started or getattr(connection, "pipeline", None):
            connection.transport.close()
            return
        cycle.disconnected = True  # its body broke off: whoever reads it need not wait
        cycle.message_event.set()
    detail = "the head of the request is too large" if status == 431 else "this is not valid HTTP/1.1"
    answer = problem(status, detail)
    lines = [b"HTTP/1.1 %d %s" % (status, phrase(status).encode())]
    headers = [*connection.server_state.default_headers, *answer.headers, (b"connection", b"close")]
    lines += [name + b": " + value for name, value in headers]
    connection.transport.write(b"\r\n".join([*lines, b"", answer.body]))
    connection.transport.close()
