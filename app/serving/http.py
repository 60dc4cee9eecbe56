"""The whole HTTP application: contracts' routes and modules' controllers on one Litestar, the front before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Litestar
from litestar.exceptions import ImproperlyConfiguredException
from litestar.utils import normalize_path

from ..telling.refusals import Refused
from ..telling.refusals.serving import LitestarRefuses
from ..telling.steps import Teller
from .controllers import Given, module_controllers
from .credentials import Authenticate, CookieIdentity
from .errors import Errors
from .front import Front, Page
from .limits import Limits
from .observing import RequestObserver
from .routes import Bound, contract_handlers
from .routing import check_routes


def http_app(
    bindings: Sequence[Bound],
    controllers: Sequence[Given],
    *,
    limits: Limits,
    tell: Teller,
    pages: dict[str, Page],
    authenticate: Authenticate,
    cookie: str = "",
    observer: RequestObserver | None = None,
) -> tuple[Front, Litestar]:
    """The ASGI app and the Litestar inside it. Raises Refused: routes that clash or cannot be filled."""
    if refusals := check_routes([binding.spec for binding in bindings], own=pages):
        raise Refused(refusals)
    errors = Errors(tell)
    identity = CookieIdentity(cookie, authenticate) if cookie else None
    try:
        litestar = Litestar(
            route_handlers=[
                *contract_handlers(bindings, limits, observer),
                *module_controllers(controllers, limits, observer, identity),
            ],
            exception_handlers={Exception: errors},
            after_exception=[errors.in_socket],
            request_max_body_size=limits.max_body_bytes,
            openapi_config=None,
            logging_config=None,
            debug=False,
            pdb_on_exception=False,
        )
    except ImproperlyConfiguredException as error:
        names = ", ".join(cls.__name__ for _, cls, _ in controllers)
        raise Refused([LitestarRefuses(controllers=names, why=error.detail.rstrip("."))]) from None
    asgi: Any = litestar  # its types of messages are narrower than ASGI's
    front = Front(
        asgi,
        limits=limits,
        tell=tell,
        pages=pages,
        heads=lambda path: _answers_head(litestar, path),
        authenticate=authenticate,
    )
    return front, litestar


def _answers_head(litestar: Litestar, path: str) -> bool:
    router: Any = litestar.asgi_router
    try:
        router.handle_routing(path=normalize_path(path), method="HEAD")
    except Exception:  # not found, or not allowed
        return False
    return True
