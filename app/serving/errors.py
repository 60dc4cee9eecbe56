"""Exceptions that reach Litestar as problems: its own (404, 405, 413, …), contracts' failures, everything else."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.exceptions import HTTPException, InternalServerException, ValidationException, WebSocketException

from ..module.failure import Failure
from ..telling.steps import RequestBroke, Teller
from .answers import Answer
from .bodies import bad_value
from .front import module_of, request_name
from .paths import shown
from .problems import BadRequest, bad_request, broke, failure_problem, problem


class Errors:
    """Litestar's exception handler for this edge."""

    def __init__(self, tell: Teller) -> None:
        self._tell = tell

    def __call__(self, request: Request[Any, Any, Any], error: Exception) -> Any:
        """The answer to an exception. One that nobody declared is told, and answered without a word of it."""
        if isinstance(error, Failure):
            return failure_problem(error)
        if isinstance(error, BadRequest):
            return bad_request(error)
        if isinstance(error, HTTPException) and not isinstance(error, InternalServerException):
            return _litestar_problem(request, error)
        self._tell(
            RequestBroke(module=module_of(request.scope), edge="http", request=request_name(request.scope), error=error)
        )
        return broke()

    async def in_socket(self, error: Exception, scope: Any) -> None:
        """Litestar's hook after exceptions. A WebSocket that broke is told, and closed without a word of it."""
        if scope["type"] != "websocket" or isinstance(error, WebSocketException):
            return
        if isinstance(error, HTTPException) and error.status_code < 500:
            return
        self._tell(RequestBroke(module=module_of(scope), edge="http", request=request_name(scope), error=error))
        raise WebSocketException(detail="something broke", code=1011) from None


def _litestar_problem(request: Request[Any, Any, Any], error: HTTPException) -> Answer:
    if error.status_code == 404 and error.detail == "Not Found":
        return problem(404, f"nothing is served at {shown(request.scope['path'][:200])}")
    if error.status_code == 405:
        return _wrong_method(request, error)
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in (error.headers or {}).items()
    ]
    if isinstance(error, ValidationException):
        detail, members = _first(error.extra)
        return problem(error.status_code, detail, members)
    return problem(error.status_code, error.detail, extra=headers)


def _wrong_method(request: Request[Any, Any, Any], error: HTTPException) -> Answer:
    allowed = {name.strip() for name in (error.headers or {}).get("allow", "").split(",")} - {""}
    if "GET" in allowed:
        allowed.add("HEAD")
    listed = ", ".join(sorted(allowed))  # Litestar's own order differs between processes
    return problem(405, f"{request.scope['method']} is not served here; {listed} are",
                   extra=[(b"allow", listed.encode("latin-1"))])  # fmt: skip


def _first(extra: Any) -> tuple[str, dict[str, Any]]:
    """The first thing that Litestar found wrong with a controller's parameters."""
    if not isinstance(extra, list) or not extra or not isinstance(extra[0], dict):
        return "the request is not valid", {}
    if extra[0].get("key") == "data":
        bad = bad_value(str(extra[0].get("message")), [])
        return bad.detail, bad.members
    key, message = str(extra[0].get("key", "")), str(extra[0].get("message", "is wrong")).replace("`", "")
    place = str(getattr(extra[0].get("source"), "value", extra[0].get("source") or ""))
    members = {name: value for name, value in (("in", place), ("field", key)) if value}
    return f"{key}: {message}" if key else message, members
