"""Behind a proxy that ends TLS: its word on the scheme counts where it is trusted, and nobody else's does."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Controller, Request, get


class Seen(Controller):
    path = "/seen"

    @get("/")
    async def seen(self, request: Request[Any, Any, Any]) -> dict[str, str]:
        assert request.client is not None
        return {"scheme": request.scope["scheme"], "client": request.client.host}


FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}


@pytest.mark.parametrize(
    ("trusted", "seen"),
    [
        ((), ("http", "127.0.0.1")),
        (("10.0.0.0/8",), ("http", "127.0.0.1")),
        (("127.0.0.1",), ("https", "203.0.113.9")),
        (("127.0.0.0/8",), ("https", "203.0.113.9")),
    ],
)
async def test_forwarded_headers_count_from_trusted_proxies_alone(
    serve: Any, trusted: tuple[str, ...], seen: tuple[str, str]
) -> None:
    edge = await serve([("pages", Seen, {})], trusted_proxies=trusted)
    answer = (await edge.client.get("/seen", headers=FORWARDED)).json()
    assert (answer["scheme"], answer["client"]) == seen
