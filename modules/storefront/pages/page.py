"""What all pages are: kept out of the API's description, guarded, and never without an answer in the shop's look."""

from __future__ import annotations

from typing import Any

from litestar import Controller

from ..forms import MOST_BYTES
from ..shop import Shop


class Page(Controller):
    """A controller whose failures are pages, too."""

    include_in_schema = False
    request_max_body_size = MOST_BYTES

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.exception_handlers: Any = {Exception: shop.failed}
        self.before_request: Any = shop.guard
