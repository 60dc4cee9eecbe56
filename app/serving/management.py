"""The small edge that serves health at an address of its own. Imports no Litestar."""

from __future__ import annotations

from collections.abc import Mapping

from ..telling.steps import Teller
from .answers import ASGI, Receive, Scope, Send
from .front import Front, Page
from .health import Health
from .limits import Limits
from .listener import Listener
from .problems import problem


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
