"""The HTTP edge of a process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from litestar.routes import WebSocketRoute

from ..identity.bearer import Bearer
from ..telling.steps import Teller
from .answers import ASGI
from .controllers import Given
from .credentials import Authenticate
from .health import Health
from .http import http_app
from .limits import Limits
from .listener import Listener
from .observing import RequestObserver
from .openapi import Description
from .routes import Bound


class HttpEdge:
    """Contracts' routes, modules' controllers, health and the API's description on one address.

    authenticate: whom credentials stand for; by default none are believed. cookie: the name of the one that carries a
    token for controllers. `setting` names what moves the port, for the refusal of a taken one. trusted_proxies:
    addresses and networks whose X-Forwarded-* are believed. Raises Refused where routes clash.
    """

    def __init__(
        self,
        *,
        bindings: Sequence[Bound],
        controllers: Sequence[Given] = (),
        health: Health,
        tell: Teller,
        limits: Limits | None = None,
        authenticate: Authenticate | None = None,
        cookie: str = "",
        observer: RequestObserver | None = None,
        title: str = "Pangaea",
        version: str = "",
        setting: str = "PANGAEA_HTTP_PORT",
        trusted_proxies: Sequence[str] = (),
    ) -> None:
        limits = limits or Limits()
        description = Description([binding.spec for binding in bindings], title, version)
        pages = {**health.pages(), **description.pages()}
        self._front, self._litestar = http_app(
            bindings,
            controllers,
            limits=limits,
            tell=tell,
            pages=pages,
            authenticate=authenticate or Bearer(None),
            cookie=cookie,
            observer=observer,
        )
        description.litestar = self._litestar
        sockets = any(isinstance(route, WebSocketRoute) for route in self._litestar.routes)
        self._listener = Listener(
            self._front,
            self._front.under_way,
            edge="http",
            limits=limits,
            sockets=sockets,
            setting=setting,
            trusted_proxies=trusted_proxies,
        )
        self._leave = asyncio.Event()
        self._life: asyncio.Task[None] | None = None

    @property
    def app(self) -> ASGI:
        """The ASGI app, for tests without a socket."""
        return self._front

    async def start(self, host: str, port: int) -> str:
        """Accept connections; the address that was bound, `host:port`. Raises Refused: PortTaken, CannotListen."""
        address = await self._listener.start(host, port)
        entered = asyncio.Event()
        self._life = asyncio.create_task(self._live(entered), name="litestar's lifespan")
        waiting = asyncio.create_task(entered.wait())
        await asyncio.wait((self._life, waiting), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._life.done():  # it did not come up
            await self._listener.stop(0)
            await self._life
        return address

    async def stop(self, drain: float) -> int:
        """Finish what is in flight within `drain` seconds, cut off the rest and say how much that was."""
        left = await self._listener.stop(drain)
        self._leave.set()
        if self._life is not None:
            await self._life
        return left

    async def _live(self, entered: asyncio.Event) -> None:
        """Litestar's lifespan, in one task: its cancel scopes must be left by the task that entered them."""
        async with self._litestar.lifespan():
            entered.set()
            await self._leave.wait()
