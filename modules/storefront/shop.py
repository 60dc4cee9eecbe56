"""What every page is made with: its visitor, its answer, and the page that stands in when it fails."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.exceptions import HTTPException

from app import Failure, Logger, NotFound, Unauthenticated

from .frames import Frame, Frames
from .refusals import OTHER, Told, Turned
from .rendering import Rendering
from .sites import from_elsewhere
from .steps import ANSWERS, StepFailed
from .visitors import Visitor, visitor_of

HTML = "text/html"
SAFE = ("GET", "HEAD", "OPTIONS")
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
    "vary": "cookie",
}
"""On every page: nothing is loaded from elsewhere, nothing is framed, nothing is kept."""


class Shop:
    """Shared by the controllers."""

    def __init__(self, rendering: Rendering, frames: Frames, logger: Logger) -> None:
        self._rendering, self.frames, self._logger = rendering, frames, logger

    def visitor(self, request: Request[Any, Any, Any]) -> Visitor:
        """Who sent a request."""
        return visitor_of(request)

    def page(self, visitor: Visitor, template: str, frame: Frame, *, status: int = 200, **values: Any) -> Response[str]:
        """A page in its frame."""
        html = self._rendering.page(template, frame=frame, **values)
        return Response(html, status_code=status, media_type=HTML, headers=HEADERS, cookies=visitor.cookies)

    def redirect(self, visitor: Visitor, path: str) -> Response[str]:
        """On to a path of this shop; the caller has seen to it that it is one."""
        headers = {**HEADERS, "location": path}
        return Response("", status_code=302, media_type=HTML, headers=headers, cookies=visitor.cookies)

    async def guard(self, request: Request[Any, Any, Any]) -> None:
        """Let no other site's pages change anything here. Raises Turned.

        Awaits nothing: Litestar would send a plain function to a thread with every request.
        """
        changes = request.method not in SAFE or request.scope["path"] == "/logout"
        if changes and from_elsewhere(request.headers):
            raise Turned(403, "That came from another site", "For your safety we only take forms that are our own.")

    def failed(self, request: Request[Any, Any, Any], error: Exception) -> Response[str]:
        """The page for whatever a handler raised. Says nothing of what is inside."""
        visitor = self.visitor(request)
        if isinstance(error, Unauthenticated) and request.method in SAFE:
            return self.redirect(visitor, f"/signin?next={quote(visitor.path)}")
        told = self._told(request, error)
        return self.page(visitor, "trouble.html", self.frames.bare(visitor), status=told.status, told=told)

    def _told(self, request: Request[Any, Any, Any], error: Exception) -> Told:
        if isinstance(error, Turned):
            return error.told
        if isinstance(error, NotFound):
            return Told(404, OTHER[404], "It may have moved, or it never was.")
        if isinstance(error, ANSWERS):
            status = 422 if error.status == 400 else error.status
            return Told(status, OTHER.get(status, OTHER[422]), error.text)
        if isinstance(error, HTTPException) and error.status_code < 500:
            return Told(error.status_code, OTHER.get(error.status_code, OTHER[400]))
        page = f"{request.method} {request.scope['path'][:200]}"
        if isinstance(error, StepFailed):
            self._logger.warning("a page failed", page=page, step=error.words, why=error.cause.text)
            return Told(500, OTHER[500], f"We {error.words}.", again=True, cart=error.cart)
        if isinstance(error, Failure):
            self._logger.warning("a page failed", page=page, why=error.text)
        else:
            self._logger.error("a page broke", page=page, exc_info=error)
        return Told(500, OTHER[500], "", again=True)
