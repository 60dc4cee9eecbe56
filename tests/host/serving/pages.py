"""A module's own controllers: pages, uploads, event streams, WebSockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from litestar import Controller, MediaType, Request, Router, WebSocket, get, head, post, websocket
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotAuthorizedException
from litestar.params import Body, FromPath, FromQuery, JSONBody
from litestar.response import ServerSentEvent, Stream

from app.ambient import current, remaining
from tests.host.serving.shop import Answers, NoSuchProduct


class Note(msgspec.Struct):
    text: str


class Pages(Controller):
    path = "/pages"

    def __init__(self, shop: Answers, greeting: str) -> None:
        self.shop = shop
        self.greeting = greeting

    @get("/", media_type=MediaType.HTML)
    async def index(self) -> str:
        """The front page."""
        product = await self.shop.get_product("1")
        return f"<h1>{self.greeting}, {product.name}</h1>"

    @get("/scope")
    async def scope(self) -> dict[str, str]:
        ambient = current()
        assert ambient is not None
        return {"trace": ambient.trace, "seconds": str(round(remaining()))}

    @get("/number/{number:int}")
    async def number(self, number: FromPath[int], limit: FromQuery[int] = 5) -> dict[str, int]:
        return {"number": number, "limit": limit}

    @post("/notes")
    async def note(self, data: JSONBody[Note]) -> Note:
        return data

    @get("/missing")
    async def missing(self) -> None:
        raise NoSuchProduct(id="7")

    @get("/secret")
    async def secret(self) -> None:
        raise NotAuthorizedException("who are you?", headers={"WWW-Authenticate": "Basic"})

    @get("/broken")
    async def broken(self) -> None:
        raise RuntimeError("the secret")

    @get("/half")
    async def half(self) -> Stream:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"first"
            raise RuntimeError("the secret")

        return Stream(pieces())

    @get("/slow")
    async def slow(self) -> None:
        self.shop.entered.set()
        await asyncio.Event().wait()

    @head("/headed")
    async def headed(self) -> None:
        return None


class Streams(Controller):
    def __init__(self, owner: Router, closed: asyncio.Event) -> None:
        super().__init__(owner)
        self.closed = closed

    @post("/upload")
    async def upload(
        self, data: Annotated[UploadFile, Body(media_type=RequestEncodingType.MULTI_PART)]
    ) -> dict[str, Any]:
        return {"name": data.filename, "size": len(await data.read())}

    @post("/large", request_max_body_size=5_000_000)
    async def large(self, request: Request[Any, Any, Any]) -> dict[str, int]:
        return {"size": len(await request.body())}

    @get("/events")
    async def events(self) -> ServerSentEvent:
        return ServerSentEvent(self._numbers())

    async def _numbers(self) -> AsyncIterator[str]:
        number = 0
        try:
            while True:
                yield str(number)
                number += 1
                await asyncio.sleep(0.02)
        finally:
            self.closed.set()

    @websocket("/echo")
    async def echo(self, socket: WebSocket[Any, Any, Any]) -> None:
        await socket.accept()
        try:
            while True:
                said = await socket.receive_text()
                if said == "break":
                    raise RuntimeError("the secret")
                await socket.send_text(f"{said} {remaining()}")
        finally:
            self.closed.set()

    @websocket("/deaf")
    async def deaf(self, socket: WebSocket[Any, Any, Any]) -> None:
        await socket.accept()
        await socket.send_text("hello")
        await asyncio.sleep(60)
