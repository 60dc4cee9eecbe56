"""The HTTP edge of a process, and the small one that serves health at an address of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

from ..telling.steps import Teller
from .answers import ASGI
from .controllers import Given
from .health import Health
from .http import http_app
from .limits import Limits
from .listener import Listener
from .observing import RequestObserver
from .routes import Bound


class HttpEdge:
    """Contracts' routes, modules' controllers, health and the API's description on one address.

    `setting` names what moves the port, for the refusal of a taken one. Raises Refused where routes clash.
    """

    def __init__(
        self,
        *,
        bindings: Sequence[Bound],
        controllers: Sequence[Given] = (),
        health: Health,
        tell: Teller,
        limits: Limits | None = None,
        observer: RequestObserver | None = None,
        title: str = "Pangaea",
        setting: str = "PANGAEA_HTTP_PORT",
    ) -> None:
        limits = limits or Limits()
        pages = {**health.pages()}
        self._front, self._litestar = http_app(
            bindings, controllers, limits=limits, tell=tell, pages=pages, observer=observer
        )
        self._listener = Listener(
            self._front, self._front.under_way, edge="http", limits=limits, sockets=True, setting=setting
        )
        self._lifespan = AsyncExitStack()

    @property
    def app(self) -> ASGI:
        """The ASGI app, for tests without a socket."""
        return self._front

    async def start(self, host: str, port: int) -> str:
        """Accept connections; the address that was bound, `host:port`. Raises Refused: PortTaken, CannotListen."""
        address = await self._listener.start(host, port)
        await self._lifespan.enter_async_context(self._litestar.lifespan())
        return address

    async def stop(self, drain: float) -> int:
        """Finish what is in flight within `drain` seconds, cut off the rest and say how much that was."""
        left = await self._listener.stop(drain)
        await self._lifespan.aclose()
        return left


class ManagementEdge:
    """Health, and whatever else operators ask for, at an address that clients do not reach."""

    def __init__(self, *, health: Health, tell: Teller, pages: Mapping[str, Page] | None = None,
                 limits: Limits | None = None, setting: str = "PANGAEA_MANAGEMENT_PORT") -> None:  # fmt: skip
        limits = limits or Limits()
        self._front = Front(_nothing, limits=limits, tell=tell, pages={**health.pages(), **(pages or {})})
        self._listener = Listener(
            self._front, self._front.under_way, edge="management", limits=limits, sockets=False, setting=setting
        )

    @property
    def app(self) -> ASGI:
        """The ASGI app, for tests without a socket."""
        return self._front

    async def start(self, host: str, port: int) -> str:
        """Accept connections; the address that was bound. Raises Refused: PortTaken, CannotListen."""
        return await self._listener.start(host, port)

    async def stop(self, drain: float) -> int:
        """Close; see `HttpEdge.stop`."""
        return await self._listener.stop(drain)


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await problem(404, f"nothing is served at {scope['path'][:200]}")(scope, receive, send)
