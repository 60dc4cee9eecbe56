"""Who a request comes from: what `Authorization` says, and for controllers' pages a cookie too.

Contracts' routes never look at cookies. A browser sends those by itself, whoever wrote the page that makes it do so;
`Authorization` it sends only for scripts of our own origin. That keeps the REST API free of forged requests (CSRF).
"""

from __future__ import annotations

from collections.abc import Callable

from ..ambient import Principal
from ..identity.bearer import SCHEME
from ..module.failure import Unauthenticated
from .answers import Answer, Scope
from .problems import problem

Authenticate = Callable[[str], Principal]
"""The value of `Authorization` -> who it stands for. Raises Unauthenticated."""
SAFE = ("GET", "HEAD")


def not_believed(authorization: str, why: Unauthenticated) -> Answer:
    """The answer to credentials that are not believed. Whoever tried a token learns that it was the token (RFC 6750)."""
    tried = authorization.strip(" \t").partition(" ")[0].lower() == SCHEME
    challenge = b'Bearer error="invalid_token"' if tried else b"Bearer"
    return problem(401, why.text, extra=[(b"www-authenticate", challenge)])


class CookieIdentity:
    """Reads who is signed in from a cookie. One that is forged or has expired is nobody's: the page shows itself as
    to a stranger."""

    def __init__(self, name: str, authenticate: Authenticate) -> None:
        self._name, self._authenticate = f"{name}=".encode(), authenticate

    def __call__(self, scope: Scope) -> Principal | None:
        """Who a request without `Authorization` comes from; nobody where another site made the browser send it, unless
        it only fetches a page."""
        token, elsewhere = b"", False
        for name, value in scope["headers"]:
            if name == b"cookie" and not token:
                token = self._in(value)
            elif name == b"sec-fetch-site":
                elsewhere = value == b"cross-site"
        if not token or (elsewhere and scope.get("method") not in SAFE):  # a WebSocket has no method
            return None
        try:
            return self._authenticate(f"Bearer {token.decode('latin-1')}")
        except Unauthenticated:
            return None

    def _in(self, cookies: bytes) -> bytes:
        for pair in cookies.split(b";"):
            if (pair := pair.strip(b" \t")).startswith(self._name):
                return pair[len(self._name) :].strip(b'"')
        return b""
