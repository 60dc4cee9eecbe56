"""The ASGI app in front of Litestar: limits, HEAD, the host's own pages, clients that leave, errors past Litestar."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from ..ambient import Ambient, current, using
from ..module.failure import Unauthenticated
from ..telling.steps import RequestBroke, Teller
from .answers import ASGI, Answer, Receive, Scope, Send
from .credentials import Authenticate, not_believed
from .exchanges import Exchange, UnderWay
from .limits import Limits
from .paths import decoded, shown
from .problems import broke, problem

EXCHANGE = "pangaea"
"""The key of a request's Exchange in its ASGI scope."""
Page = Callable[[], Answer]


class Front:
    """Takes every request first. `pages` are the host's own, by path; `heads` tells which paths answer HEAD themselves.

    authenticate: None where nobody asks who is calling, and credentials are left lying.
    """

    def __init__(
        self,
        app: ASGI,
        *,
        limits: Limits,
        tell: Teller,
        pages: Mapping[str, Page],
        heads: Callable[[str], bool] = lambda path: False,
        authenticate: Authenticate | None = None,
    ) -> None:
        self._app, self._limits, self._tell, self._pages, self._heads = app, limits, tell, pages, heads
        self._authenticate = authenticate
        self.under_way = UnderWay()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "lifespan":
            return await self._app(scope, receive, send)
        if b"%" in (raw := scope.get("raw_path") or b""):
            if (path := decoded(raw)) is not None:
                scope = {**scope, "path": path}  # the server's own stays as it came
            elif kind == "http":
                return await problem(400, "the path is not valid UTF-8", {"in": "path"})(scope, receive, send)
        size, trace, credentials = len(scope["path"]) + len(scope["query_string"]), "", b""
        for name, value in scope["headers"]:
            size += len(name) + len(value) + 4
            if name == b"traceparent":
                trace = value.decode("latin-1")
            elif name == b"authorization":
                credentials += b", " + value if credentials else value or b" "  # two of them are no valid one
        if kind == "http":
            if scope["method"] == "HEAD":
                scope, send = self._as_get(scope, send)
            elif scope["method"] == "OPTIONS":
                send = _with_head(send)
            if (early := self._early(scope, size)) is not None:
                return await early(scope, receive, send)
        elif size > self._limits.max_header_bytes or len(self.under_way) >= self._limits.max_concurrency:
            await receive()
            return await send({"type": "websocket.close", "code": 1013, "reason": "try again later"})
        exchange = Exchange(receive, send, trace, kind == "websocket")
        if credentials and self._authenticate is not None:
            authorization = credentials.decode("latin-1")
            try:
                exchange.principal = self._authenticate(authorization)
            except Unauthenticated as why:
                return await _turned_away(not_believed(authorization, why), scope, receive, send)
        if current() is not None:  # a test client's own scope is not the request's
            with using(Ambient()):
                return await self._serve(exchange, scope)
        return await self._serve(exchange, scope)

    async def _serve(self, exchange: Exchange, scope: Scope) -> None:
        scope[EXCHANGE] = exchange
        self.under_way.add(exchange)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except asyncio.CancelledError:
            if exchange.gone or exchange.cut:
                assert exchange.task is not None
                if not exchange.task.uncancel():
                    return await self._interrupted(exchange, scope)
            raise
        except Exception as error:  # after the response began: Litestar can do no more
            if exchange.gone or exchange.cut:
                return None
            self._tell(
                RequestBroke(module=module_of(scope), edge="http", request=request_name(scope), error=_root(error))
            )
            if not exchange.started and scope["type"] == "http":
                await broke()(scope, exchange.receive, exchange.send)
        finally:
            del scope[EXCHANGE]  # the server holds the scope, and the exchange the server: no garbage for the collector
            self.under_way.remove(exchange)

    async def _interrupted(self, exchange: Exchange, scope: Scope) -> None:
        if exchange.gone:
            return
        with suppress(Exception):  # it may be closed already
            if scope["type"] == "websocket":
                await exchange.send({"type": "websocket.close", "code": 1012, "reason": "the server stops"})
            elif not exchange.started:
                await problem(503, "the server stops")(scope, exchange.receive, exchange.send)

    def _early(self, scope: Scope, size: int) -> Answer | None:
        """The answer to what never gets to Litestar."""
        if size > self._limits.max_header_bytes:
            return problem(431, f"request line and headers are larger than {self._limits.max_header_bytes} bytes")
        if (page := self._pages.get(scope["path"])) is not None:
            if scope["method"] == "GET":
                return page()
            return problem(405, f"{scope['method']} is not served here", extra=[(b"allow", b"GET, HEAD")])
        if len(self.under_way) >= self._limits.max_concurrency:
            return problem(503, "too many requests are under way")
        return None

    def _as_get(self, scope: Scope, send: Send) -> tuple[Scope, Send]:
        """HEAD answers as GET does, without the body."""
        if self._heads(scope["path"]):
            return scope, send

        async def without_body(message: Any) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        return {**scope, "method": "GET"}, without_body


async def _turned_away(answer: Answer, scope: Scope, receive: Receive, send: Send) -> None:
    """An answer before there is anything to answer; a WebSocket gets it instead of its handshake."""
    if scope["type"] == "http":
        return await answer(scope, receive, send)
    await receive()
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        return await send({"type": "websocket.close", "code": 1008, "reason": "the credentials are not believed"})
    kind = "websocket.http.response"
    await send({"type": f"{kind}.start", "status": answer.status, "headers": answer.headers})
    return await send({"type": f"{kind}.body", "body": answer.body, "more_body": False})


def _with_head(send: Send) -> Send:
    """Litestar's answer to OPTIONS does not know that GET stands for HEAD too."""

    async def extended(message: Any) -> None:
        if message["type"] == "http.response.start":
            headers = [
                (name, _allowing_head(value) if name == b"allow" else value) for name, value in message["headers"]
            ]
            message = {**message, "headers": headers}
        await send(message)

    return extended


def _allowing_head(value: bytes) -> bytes:
    methods = set(value.decode("latin-1").split(", "))
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods)).encode("latin-1")


def _root(error: BaseException) -> BaseException:
    """What was raised, out of Litestar's wrapping and out of task groups of one."""
    while True:
        if isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
            error = error.exceptions[0]
        elif error.__cause__ is not None and type(error).__module__.startswith("litestar."):
            error = error.__cause__
        else:
            return error


def module_of(scope: Any) -> str:
    """The module whose handler serves a request; empty where none does."""
    handler = scope.get("route_handler")
    return (handler.opt or {}).get("module", "") if handler is not None else ""


def request_name(scope: Any) -> str:
    """`GET /api/products`, for steps."""
    return f"{scope.get('method', 'WEBSOCKET')} {shown(scope['path'])}"
