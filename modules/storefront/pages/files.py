"""`/static/…`, `/robots.txt`, `/_healthz`, and whatever has no page at all."""

from __future__ import annotations

from typing import Any

from litestar import Controller, HttpMethod, Request, Response, get, route
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from ..assets import PICTURES, Asset, Assets
from ..refusals import OTHER, Turned
from ..shop import HEADERS, Shop
from .page import Page

KEPT, SHORTLY = "public, max-age=31536000, immutable", "public, max-age=3600"
"""What browsers may do with an address that carries the file's hash, and with one that does not."""
DRAWN = {**HEADERS, "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}
ROBOTS = "User-agent: *\nDisallow: /cart\nDisallow: /account\nDisallow: /orders\nDisallow: /signin\nDisallow: /search\n"
METHODS = [HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE]
BROKEN_OFF = ["/product", "/product-meta", "/static", "/product/{id:str}/{rest:path}", "/orders/{id:str}/{rest:path}"]
"""What begins as a page's address does, and so never gets to `/{path:path}`."""
ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".svg")


class Files(Page):
    """Everything that asks no neighbour."""

    def __init__(self, shop: Shop, assets: Assets) -> None:
        super().__init__(shop)
        self._assets = assets

    @get("/_healthz")
    async def healthz(self) -> Response[str]:
        """Whether the shop is there; its neighbours do not matter."""
        return _text("ok")

    @get("/robots.txt")
    async def robots(self) -> Response[str]:
        """What crawlers had better leave alone."""
        return _text(ROBOTS)

    @get("/favicon.ico")
    async def favicon(self) -> Response[bytes]:
        """For those who ask for it without having been told of the real one."""
        return self._to("favicon.svg")

    @get("/static/{name:path}")
    async def static(self, request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
        """A file. A product's picture that nobody has drawn is a neutral one, under whatever ending it was asked for."""
        name = name.removeprefix("/")
        asset = self._assets.get(name)
        if asset is not None:
            return _sent(asset, request)
        if name.startswith(PICTURES) and name.endswith(ENDINGS):
            return self._to(self._assets.drawing(name))
        raise Turned(404, OTHER[404])

    def _to(self, name: str) -> Response[bytes]:
        headers = {**DRAWN, "location": self._assets.url(name), "cache-control": SHORTLY}
        return Response(b"", status_code=302, headers=headers)


class Elsewhere(Controller):
    """Whatever has no page at all."""

    include_in_schema = False

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    @route(["/{path:path}", *BROKEN_OFF], http_method=METHODS, status_code=404)
    async def nothing(self, request: Request[Any, Any, Any]) -> Response[str]:
        """A page for people; programs are answered by the host, as everywhere else."""
        if "text/html" not in request.headers.get("accept", ""):
            raise NotFoundException("Not Found")
        return self._shop.failed(request, Turned(404, OTHER[404], "The address may be mistyped, or the page has gone."))


def _sent(asset: Asset, request: Request[Any, Any, Any]) -> Response[bytes]:
    tag = f'"{asset.version}"'
    fresh = request.query_params.get("v") == asset.version
    headers = {**DRAWN, "etag": tag, "cache-control": KEPT if fresh else SHORTLY, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers=headers)
    return Response(asset.body, media_type=asset.media_type, headers=headers)


def _text(text: str) -> Response[str]:
    return Response(text, media_type="text/plain", headers=HEADERS)
