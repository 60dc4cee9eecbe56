"""Tokens that say who somebody is: JWT (RFC 7519) signed with HMAC-SHA256 and the key of `[identity]`."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import msgspec

from ..ambient import Principal

ALGORITHM = "HS256"
"""The only one: a token that names another, or none, is not valid."""
MOST_BYTES = 8 * 1024
"""Of a token; more is refused unread. A request's headers have to hold it."""
MOST_KEPT = 4096
"""Tokens whose signatures are not checked again until they expire."""
NOT_VALID = "the token is not valid"
EXPIRED = "the token has expired"
LATEST = 253402300799
"""31 December 9999 in Unix time: no expiry is written past it."""


class BadToken(Exception):
    """A token that is not believed. Its text says why in a few words, which may be shown to whoever brought it."""


class _Claims(msgspec.Struct):
    """What we read of a token. Others may stand beside it."""

    sub: str
    exp: float
    nbf: float = -math.inf
    roles: list[str] = []


class Tokens:
    """Issues and checks the tokens that the edges believe: whoever brings one is its principal.

    key: at least 32 bytes (RFC 7518 §3.2). issuer, audience: a token that names others is not valid here.
    clock: Unix time in seconds.
    """

    def __init__(
        self, key: bytes, issuer: str = "pangaea", audience: str = "pangaea", clock: Callable[[], float] = time.time
    ) -> None:
        self._key, self._issuer, self._audience, self._clock = key, issuer, audience, clock
        self._believed: dict[str, tuple[float, Principal]] = {}

    def issue(self, principal: Principal, seconds: float) -> str:
        """A token for a principal that holds for so many seconds, up to a whole one. Nothing calls it back before.

        Raises ValueError: nobody's subject, no time at all, or more than 8 KiB.
        """
        from jwt import encode  # which costs 100 ms, and most processes never see a token

        if not principal.subject:
            raise ValueError("a token needs a subject")
        if not 0 < seconds < math.inf:
            raise ValueError(f"a token that holds for {seconds} seconds")
        now = self._clock()
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": principal.subject,
            "roles": sorted(principal.roles),
            "iat": int(now),
            "exp": min(math.ceil(now + seconds), LATEST),
        }
        text = encode(claims, self._key, algorithm=ALGORITHM)
        if len(text) > MOST_BYTES:
            raise ValueError(f"a token of {len(text)} bytes; {MOST_BYTES} are allowed")
        return text

    def check(self, text: str) -> Principal:
        """Who a token stands for. Raises BadToken: forged, expired, meant for somebody else, or no token at all."""
        now = self._clock()
        believed = self._believed.get(text)
        if believed is None:
            believed = self._read(text)
            if len(self._believed) >= MOST_KEPT:
                self._believed.clear()
            self._believed[text] = believed
        if now < believed[0]:
            return believed[1]
        self._believed.pop(text, None)
        raise BadToken(EXPIRED)

    def _read(self, text: str) -> tuple[float, Principal]:
        """When a token expires, and whose it is."""
        if len(text) > MOST_BYTES:
            raise BadToken(f"the token is longer than {MOST_BYTES} bytes")
        if not text.isascii():
            raise BadToken(NOT_VALID)
        from jwt import decode
        from jwt.exceptions import PyJWTError

        options: Any = {  # times are ours: by a clock that tests can set
            "require": ["exp", "iss", "aud", "sub"],
            "verify_exp": False,
            "verify_nbf": False,
            "verify_iat": False,
        }
        try:
            found = decode(
                text, self._key, algorithms=[ALGORITHM], issuer=self._issuer, audience=self._audience, options=options
            )
            claims = msgspec.convert(found, _Claims)
            for said in (claims.sub, *claims.roles):
                said.encode()  # half a surrogate pair could not travel on
        except (PyJWTError, msgspec.ValidationError, ValueError, OverflowError, RecursionError):
            raise BadToken(NOT_VALID) from None
        if not claims.sub or not math.isfinite(claims.exp):
            raise BadToken(NOT_VALID)
        if self._clock() < claims.nbf:
            raise BadToken("the token does not hold yet")
        return claims.exp, Principal(claims.sub, frozenset(claims.roles))
