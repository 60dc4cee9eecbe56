"""Contracts' routes as Litestar handlers: read the request, open its scope, call the contract, answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from litestar import HttpMethod, Request
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp

from ..ambient import Ambient, incoming
from ..module.failure import Failure
from ..module.spec import ContractSpec, MethodSpec
from .answers import Answer, encode
from .front import EXCHANGE
from .given import metadata_reader
from .limits import Limits, read_body
from .observing import RequestObserver
from .paths import SLASH, restored
from .problems import BadRequest, bad_request, failure_problem
from .requests import reader


class Bound(Protocol):
    """What the edge needs of a binding."""

    @property
    def spec(self) -> ContractSpec: ...
    @property
    def caller(self) -> Any: ...


def contract_handlers(bindings: Sequence[Bound], limits: Limits, observer: RequestObserver | None) -> list[Any]:
    """A handler for each route. The routes have been checked (`routing.check_routes`)."""
    return [
        _handler(binding, method, limits, observer)
        for binding in bindings
        for method in binding.spec.methods.values()
        if method.route is not None
    ]


def _handler(binding: Bound, method: MethodSpec, limits: Limits, observer: RequestObserver | None) -> Any:
    route = method.route
    assert route is not None
    read, call = reader(method), getattr(binding.caller, method.name)
    takes_body = bool(route.body) or route.verb in ("POST", "PUT", "PATCH")
    seconds = method.declaration.deadline or limits.deadline
    limit = limits.max_body_bytes
    status = method.declaration.status or (204 if method.result is None else 200)
    nothing = Answer(status)
    field, given = method.declaration.answer, metadata_reader(method)

    async def answer(scope: Any, span: Any) -> Any:
        exchange = scope[EXCHANGE]
        try:
            request = Ambient(principal=exchange.principal, trace=exchange.trace, span=span)
            if given is not None:
                request.metadata = given(scope["headers"])
            with incoming(seconds, request):
                body = await read_body(scope, exchange.receive, limit) if takes_body else b""
                segments = scope["path_params"]
                if SLASH in scope["path"]:
                    segments = restored(segments)
                result = await call(**read(segments, scope["query_string"], body))
        except Failure as failure:
            return failure_problem(failure)
        except BadRequest as bad:
            return bad_request(bad)
        if result is None:
            return nothing
        return Answer(status, encode(getattr(result, field) if field else result))

    async def handle(request: Request[Any, Any, Any]) -> ASGIApp:
        return await answer(request.scope, None)

    async def observed(request: Request[Any, Any, Any]) -> ASGIApp:
        assert observer is not None
        scope: Any = request.scope
        span = observer.began(route.verb, route.path, scope[EXCHANGE].trace)
        status = 500
        try:
            answered = await answer(scope, span)
            status = answered.status
            return answered
        finally:
            observer.ended(span, status)

    return HTTPRouteHandler(
        route.path.replace("}", ":str}"),
        http_method=HttpMethod(route.verb),
        status_code=200,  # the Answer says its own; Litestar would refuse a 204 with a return type
        include_in_schema=False,
        opt={"module": binding.spec.home},
    )(handle if observer is None else observed)
