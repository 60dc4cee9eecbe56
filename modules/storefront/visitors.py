"""Whose request it is: what the cookies say of a shopper, and the cookies that tell it back."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from app import principal
from modules.accounts.contract import Session, is_account

SESSION, CURRENCY, TOKEN = "shop_session-id", "shop_currency", "shop_token"  # a cookie's name
MAX_AGE = 48 * 60 * 60
"""Seconds that a session and a choice of currency last."""
_SESSION = re.compile(r"[A-Za-z0-9._-]{1,64}")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(slots=True)
class Visitor:
    """A shopper as one request knows them."""

    session: str
    """The anonymous user id."""
    currency: str
    """As the cookie says; whether the shop has it is for Prices to tell."""
    account: str
    """The account's id; empty for whoever is not signed in."""
    https: bool
    path: str
    cookies: list[Cookie] = field(default_factory=list[Cookie])
    """To be set with the answer."""

    @property
    def user_id(self) -> str:
        """Whose cart it is."""
        return self.account or self.session

    def keep(self, name: str, value: str, seconds: int = MAX_AGE) -> None:
        """Set a cookie with the answer; 0 seconds take it away."""
        self.cookies = [cookie for cookie in self.cookies if cookie.key != name]
        self.cookies.append(
            Cookie(name, path="/", value=value, max_age=seconds, httponly=True, samesite="lax", secure=self.https)
        )

    def sign_in(self, session: Session) -> None:
        """From the next request on it comes from this account. The anonymous id is a new one from here on: whoever knew
        the one before, or even gave it, must not find anything under it after this customer has left."""
        self.keep(SESSION, str(uuid.uuid4()))
        self.keep(TOKEN, session.access_token, max(0, session.expires_in))

    def forget(self) -> None:
        """Take all cookies away."""
        self.cookies = []
        for name in (SESSION, CURRENCY, TOKEN):
            self.keep(name, "", 0)


def visitor_of(request: Request[Any, Any, Any]) -> Visitor:
    """Who sent a request; whoever comes without a session is given one."""
    who = principal()
    session, currency = request.cookies.get(SESSION, ""), request.cookies.get(CURRENCY, "")
    fresh = _SESSION.fullmatch(session) is None or is_account(session)  # an account's id is no secret
    visitor = Visitor(
        session=str(uuid.uuid4()) if fresh else session,
        currency=currency if _CURRENCY.fullmatch(currency) else "USD",
        account=who.subject if who else "",
        https=request.scope["scheme"] == "https",
        path=request.scope["path"],
    )
    if fresh:
        visitor.keep(SESSION, visitor.session)
    if who is None and TOKEN in request.cookies:  # it has expired
        visitor.keep(TOKEN, "", 0)
    return visitor
