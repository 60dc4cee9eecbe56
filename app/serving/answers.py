"""A whole response, ready to be sent: what a contract's route hands to Litestar."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
ASGI = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

JSON = b"application/json"

encode = msgspec.json.Encoder(order="deterministic").encode
"""Mappings are unordered and lose their order on the protobuf wire: sorted, a split answers as a monolith does."""


class Answer:
    """Status, headers and body; an ASGI app that sends them. Litestar's own Response costs 9 µs more."""

    __slots__ = ("body", "headers", "status")

    def __init__(
        self, status: int, body: bytes = b"", content_type: bytes = JSON, extra: Headers | None = None
    ) -> None:
        self.status = status
        self.body = body
        if body:
            self.headers = [(b"content-type", content_type), (b"content-length", b"%d" % len(body))]
        else:
            self.headers = [] if status in (204, 304) else [(b"content-length", b"0")]
        if extra:
            self.headers += extra

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})

    def to_asgi_response(self, *_: Any, **__: Any) -> Answer:
        """What Litestar asks of a Response: this is one already."""
        return self
