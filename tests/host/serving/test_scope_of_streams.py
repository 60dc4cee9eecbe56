"""A response that streams is bounded until it begins: what its pieces ask for is not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from app import remaining
from app.serving.controllers import Scoped
from app.serving.front import EXCHANGE
from app.serving.limits import Limits

LENGTH = (b"content-length", b"2")
EVENTS = (b"content-type", b"text/event-stream; charset=utf-8")


async def seen(*pieces: tuple[str, Any]) -> tuple[list[bool], bool]:
    """Whether each piece of a response, and what came before it, was made in bounded time; and whether it is endless."""
    bounded: list[bool] = []

    async def respond(scope: Any, receive: Any, send: Any) -> None:
        for kind, rest in pieces:
            bounded.append(remaining() <= 30)
            await send({"type": f"http.response.{kind}", **rest})

    async def nowhere(message: Any) -> None:
        return

    exchange = SimpleNamespace(trace="", principal=None, endless=False)
    scope = {"type": "http", "path": "/", "method": "GET", "path_template": "/", EXCHANGE: exchange}
    await Scoped(respond, Limits(deadline=30), None, None)(scope, nowhere, nowhere)
    return bounded, exchange.endless


def start(*headers: tuple[bytes, bytes]) -> tuple[str, Any]:
    return "start", {"status": 200, "headers": headers}


def body(more: bool) -> tuple[str, Any]:
    return "body", {"body": b"1", "more_body": more}


@pytest.mark.parametrize(
    ("pieces", "bounded", "endless"),
    [
        ((start(LENGTH), body(False)), [True, True], False),
        ((start(LENGTH), body(True), body(False)), [True, True, False], False),
        ((start(), body(True), body(False)), [True, False, False], False),
        ((start(EVENTS), body(True)), [True, False], True),
    ],
)
async def test_from_its_beginning_on_its_reader_decides(pieces: Any, bounded: list[bool], endless: bool) -> None:
    assert await seen(*pieces) == (bounded, endless)
