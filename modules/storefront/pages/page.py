"""What all pages are: kept out of the API's description, guarded, and never without an answer in the shop's look."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get

from ..forms import MOST_BYTES
from ..refusals import OTHER, Turned
from ..shop import Shop

POSTED = {"allow": "OPTIONS, POST"}


class Page(Controller):
    """A controller whose failures are pages, too."""

    include_in_schema = False
    request_max_body_size = MOST_BYTES

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.exception_handlers: Any = {Exception: shop.failed}
        self.before_request: Any = shop.guard


def only_posted(path: str) -> Any:
    """A handler for whoever loads the address of a form, as the one of a page that a form has led to."""

    @get(path, status_code=405)
    async def no_form(self: Page, request: Request[Any, Any, Any]) -> Response[str]:
        answer = self.shop.failed(request, Turned(405, OTHER[405], "There is something here only for a form."))
        answer.headers.update(POSTED)
        return answer

    return no_form
