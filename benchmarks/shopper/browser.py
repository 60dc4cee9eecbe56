"""A lean browser: cookies, redirects and one kept-open HTTP/1.1 connection, on bare asyncio so that the shop is what is
measured."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlencode, urlsplit

import httptools

PATIENCE = 30.0
"""Seconds that an answer may take; then it is an error."""
MOST_REDIRECTS = 5


class Broken(Exception):
    """No answer, and why; the text is short, since equal ones are counted together."""


@dataclass(slots=True)
class Answer:
    """What came back. The body is counted and thrown away."""

    status: int = 0
    location: str = ""
    cookies: list[str] = field(default_factory=list[str])
    """Each as `name=value`, without attributes."""
    size: int = 0


class _Line(asyncio.Protocol):
    """A connection. One request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._answer = Answer()
        self._parser = httptools.HttpResponseParser(self)
        self._waiting: asyncio.Future[Answer] | None = None

    async def ask(self, request: bytes) -> Answer:
        """Send a request, await its answer. Raises Broken."""
        if self.transport is None or self.transport.is_closing():
            raise Broken("connection closed")
        self._waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._waiting
        except TimeoutError:
            self.transport.abort()
            raise Broken(f"no answer in {PATIENCE:g} s") from None

    @property
    def open(self) -> bool:
        return self.transport is not None and not self.transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none by class

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as wrong:
            self._fail(f"no HTTP: {type(wrong).__name__}")
            if self.transport is not None:
                self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail("connection closed")

    def on_message_begin(self) -> None:
        self._answer = Answer()

    def on_header(self, name: bytes, value: bytes) -> None:
        lower = name.lower()
        if lower == b"set-cookie":
            self._answer.cookies.append(value.partition(b";")[0].decode("latin-1").strip())
        elif lower == b"location":
            self._answer.location = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._answer.size += len(body)

    def on_message_complete(self) -> None:
        self._answer.status = self._parser.get_status_code()
        if not self._parser.should_keep_alive() and self.transport is not None:
            self.transport.close()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(self._answer)

    def _fail(self, why: str) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(Broken(why))


class Browser:
    """Somebody's browser, on one site."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._base = parts.path.rstrip("/")
        self._line: _Line | None = None
        self.cookies: dict[str, str] = {}

    async def get(self, path: str) -> Answer:
        """Look at a page. Raises Broken."""
        return await self._follow(await self._ask("GET", path))

    async def submit(self, path: str, form: Mapping[str, object]) -> Answer:
        """Send a form, go where the answer sends us. Raises Broken."""
        body = urlencode({name: str(value) for name, value in form.items()}).encode()
        return await self._follow(await self._ask("POST", path, body, "application/x-www-form-urlencoded"))

    async def post(self, path: str, value: object, headers: Mapping[str, str] | None = None) -> Answer:
        """Send JSON. Raises Broken."""
        return await self._ask("POST", path, json.dumps(value).encode(), "application/json", headers)

    def close(self) -> None:
        """Hang up."""
        if self._line is not None and self._line.transport is not None:
            self._line.transport.abort()

    async def _follow(self, answer: Answer) -> Answer:
        for _ in range(MOST_REDIRECTS):
            if answer.status not in (301, 302, 303, 307, 308) or not answer.location:
                return answer
            parts = urlsplit(answer.location)
            answer = await self._ask("GET", f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}")
        raise Broken(f"more than {MOST_REDIRECTS} redirects")

    async def _ask(
        self, method: str, path: str, body: bytes = b"", kind: str = "", headers: Mapping[str, str] | None = None
    ) -> Answer:
        lines = [f"{method} {self._base}{path} HTTP/1.1", f"host: {self._host}:{self._port}", "accept: */*"]
        if self.cookies:
            lines.append("cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if kind:
            lines += [f"content-type: {kind}", f"content-length: {len(body)}"]
        request = "\r\n".join([*lines, "", ""]).encode("latin-1") + body
        answer = await (await self._connected()).ask(request)
        for cookie in answer.cookies:
            name, _, value = cookie.partition("=")
            self.cookies[name] = value
        return answer

    async def _connected(self) -> _Line:
        if self._line is None or not self._line.open:
            loop = asyncio.get_running_loop()
            try:
                async with asyncio.timeout(PATIENCE):
                    _, self._line = await loop.create_connection(_Line, self._host, self._port)
            except ConnectionRefusedError:
                raise Broken("connection refused") from None
            except (OSError, TimeoutError) as error:
                raise Broken(f"not connected: {type(error).__name__}") from None
        return self._line
