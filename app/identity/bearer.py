"""What an edge makes of `authorization`, be it an HTTP header or gRPC metadata: a principal, or a refusal (RFC 6750)."""

from __future__ import annotations

from ..ambient import Principal
from ..module.failure import Unauthenticated
from .tokens import BadToken, Tokens

SCHEME = "bearer"


class Bearer:
    """Reads `Bearer <token>`. Without `tokens` (nobody has configured a key) no token is believed."""

    def __init__(self, tokens: Tokens | None) -> None:
        self._tokens = tokens

    def __call__(self, authorization: str) -> Principal:
        """Who the credentials stand for. Raises Unauthenticated, in words that may be shown to whoever sent them."""
        scheme, _, token = authorization.strip(" \t").partition(" ")
        if scheme.lower() != SCHEME:
            raise Unauthenticated("the authorization is of a kind that is not understood here; Bearer <token> is")
        if self._tokens is None:
            raise Unauthenticated("no token is believed here: there is no key to check it by")
        try:
            return self._tokens.check(token.lstrip(" "))
        except BadToken as bad:
            raise Unauthenticated(str(bad)) from None
