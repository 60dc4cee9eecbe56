"""Modules' own Litestar controllers beside the contracts' routes, their constructors filled by the container.

A controller is written like everything else of a module, with what it needs in its constructor:

    class Pages(Controller):
        path = "/shop"

        def __init__(self, catalog: Catalog) -> None:
            self.catalog = catalog

        @get("/")
        async def index(self) -> Template: ...

Litestar makes controllers itself and gives them their `owner`; that part is done here.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Controller
from litestar.types import ASGIApp

from ..ambient import Ambient, incoming, using
from ..module.spec import site_of
from ..telling.refusals import Refused, Site
from ..telling.refusals.serving import NoController
from .credentials import CookieIdentity
from .front import EXCHANGE
from .limits import Limits
from .observing import RequestObserver
from .paths import SLASH, restored

Given = tuple[str, type[Any], Mapping[str, Any]]
"""A module's name, its controller class, and what the container made for the parameters of its `__init__`."""


def module_controllers(
    controllers: Sequence[Given],
    limits: Limits,
    observer: RequestObserver | None,
    cookie: CookieIdentity | None = None,
) -> list[type[Controller]]:
    """The controllers as Litestar can make them. Raises Refused: something that is no Controller.

    They are registered as they are: a Router around them would be copied deeply, and what was injected with it.
    """
    if refusals := [NoController(module=module, controller=repr(cls), sites=_sites(cls)) for module, cls, _ in controllers
                    if not (isinstance(cls, type) and issubclass(cls, Controller))]:  # fmt: skip
        raise Refused(refusals)

    def scoped(app: ASGIApp) -> Any:
        return Scoped(app, limits, observer, cookie)

    return [bound(cls, arguments, module, scoped) for module, cls, arguments in controllers]


def bound(cls: type[Any], arguments: Mapping[str, Any], module: str, middleware: Any) -> type[Controller]:
    """The class as Litestar can make it: its owner goes to Litestar's constructor, the arguments to its own."""
    own: Any = cls.__init__
    wants_owner = "owner" in inspect.signature(own).parameters

    def init(self: Any, owner: Any) -> None:
        if wants_owner:
            own(self, owner=owner, **arguments)
        else:
            Controller.__init__(self, owner)
            own(self, **arguments)

    space = {
        "__init__": init,
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__,
        "middleware": [middleware, *(_declared(cls, "middleware") or ())],
        "opt": {**(_declared(cls, "opt") or {}), "module": module},
        "tags": _declared(cls, "tags") or [module],
    }
    made: Any = type(cls.__name__, (cls,), space)
    return made


def _declared(cls: type[Any], name: str) -> Any:
    value = getattr(cls, name, None)
    return None if inspect.ismemberdescriptor(value) else value  # Controller has slots


def _sites(cls: Any) -> tuple[Site, ...]:
    return (site_of(cls),) if isinstance(cls, type) else ()


class Scoped:
    """Middleware around a controller's handlers: the request's scope, with who it comes from and a deadline until a
    stream begins."""

    def __init__(
        self, app: ASGIApp, limits: Limits, observer: RequestObserver | None, cookie: CookieIdentity | None
    ) -> None:
        self._app, self._limits, self._observer, self._cookie = app, limits, observer, cookie

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        trace, principal = scope[EXCHANGE].trace, scope[EXCHANGE].principal
        if principal is None and self._cookie is not None:
            principal = self._cookie(scope)
        if SLASH in scope["path"]:
            scope["path_params"] = restored(scope["path_params"])
        if scope["type"] == "websocket":
            with using(Ambient(principal=principal, trace=trace)):
                return await self._app(scope, receive, send)
        span, status = None, 500
        if self._observer is not None:
            span = self._observer.began(scope["method"], scope["path_template"], trace)
        request = incoming(self._limits.deadline, Ambient(principal=principal, trace=trace, span=span))

        async def watch(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                scope[EXCHANGE].endless = _is_event_stream(message)
                if not _has_length(message):  # it streams: what its first piece asks for is not bounded either
                    request.lift()
            elif message.get("more_body"):
                request.lift()
            await send(message)

        try:
            with request:
                await self._app(scope, receive, watch)
        finally:
            if self._observer is not None:
                self._observer.ended(span, status)
        return None


def _has_length(message: Any) -> bool:
    return any(name == b"content-length" for name, _ in message["headers"])


def _is_event_stream(message: Any) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/event-stream") for name, value in message["headers"])
