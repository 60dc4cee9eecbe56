"""What the accounts module answers: who somebody is, and whose things are whose."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from msgspec import Meta

from app import (
    ANYONE_KNOWN,
    AlreadyExists,
    Contract,
    Int32,
    InvalidArgument,
    Message,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
    command,
    principal,
    query,
)

ADMIN = "admin"
"""The role that may act for everybody."""
_ACCOUNT_ID = re.compile(r"acct_[0-9a-f]{32}")


class NotYours(PermissionDenied, says="{what} belongs to another account"):
    """What was asked for is somebody else's."""

    what: str


def is_account(user_id: str) -> bool:
    """Whether a user id is an account's, rather than an anonymous shopper's."""
    return _ACCOUNT_ID.fullmatch(user_id) is not None


def require_owner(user_id: str, what: str) -> None:
    """Let only an account and admins act for that account. Raises Unauthenticated, NotYours.

    The id of an anonymous shopper is a secret of its own: whoever knows it may.
    """
    if not is_account(user_id):
        return
    who = principal()
    if who is None:
        raise Unauthenticated(f"{what} belongs to an account: sign in")
    if who.subject != user_id and ADMIN not in who.roles:
        raise NotYours(what)


class Registration(Message, sensitive=("password",)):
    """Who wants an account."""

    email: Annotated[str, Meta(examples=["someone@example.com"])]
    password: Annotated[str, Meta(examples=["correct horse battery staple"])]
    """12 to 200 characters; NIST SP 800-63B, §3.1.1.2, asks for length and for nothing else."""
    name: Annotated[str, Meta(examples=["Some One"])]


class Credentials(Message, sensitive=("password",)):
    """Who wants to sign in."""

    email: Annotated[str, Meta(examples=["someone@example.com"])]
    password: Annotated[str, Meta(examples=["correct horse battery staple"])]
    cart: str = ""
    """The anonymous user id whose cart is taken over."""


class PasswordChange(Message, sensitive=("old_password", "new_password")):
    """A new password for the old one."""

    old_password: str
    new_password: str


class Account(Message):
    """Somebody who shops here."""

    account_id: Annotated[str, Meta(examples=["acct_0d5c43ea0c1947b0a6c2b1d7f7a0c9e4"])]
    """Also the user id of their cart and of their orders."""
    email: Annotated[str, Meta(examples=["someone@example.com"])]
    name: Annotated[str, Meta(examples=["Some One"])]
    registered_at: datetime
    roles: tuple[str, ...] = ()


class Session(Message, sensitive=("access_token",)):
    """Signed in: the token goes into the header `Authorization: Bearer …` (RFC 6750)."""

    access_token: str
    expires_in: Annotated[int, Meta(examples=[3600])]
    """Seconds."""
    account_id: Annotated[str, Meta(examples=["acct_0d5c43ea0c1947b0a6c2b1d7f7a0c9e4"])]
    token_type: Annotated[str, Meta(examples=["Bearer"])] = "Bearer"  # noqa: S105  # a word of RFC 6750


class InvalidAccount(InvalidArgument, says="{field} {why}"):
    """What was given makes no account."""

    field: str
    why: str


class EmailTaken(AlreadyExists, says="there is an account with this email already"):
    """Addresses are told apart without regard to case."""


class WrongCredentials(Unauthenticated, says="email or password is wrong"):
    """Which of the two is nobody's business."""


class WrongPassword(InvalidArgument, says="{field} is not your password"):
    """The old password does not fit."""

    field: str


class TooManyTries(ResourceExhausted, says="too many failed tries; wait {seconds} s"):
    """Somebody is guessing."""

    seconds: Int32


class NoSuchAccount(NotFound, says="no account with ID {account_id}"):
    """There is nobody of this id."""

    account_id: str


class Accounts(Contract):
    """Who shops here."""

    @command(http="POST /api/accounts", body="*", status=201, raises=(InvalidAccount, EmailTaken))
    async def register(self, registration: Registration) -> Account:
        """Open an account."""
        ...

    @command(http="POST /api/sessions", body="*", raises=(InvalidAccount, WrongCredentials, TooManyTries))
    async def sign_in(self, credentials: Credentials) -> Session:
        """Sign in. The cart filled before goes along, when its user id is given."""
        ...

    @query(http="GET /api/accounts/me", requires=ANYONE_KNOWN, raises=(NoSuchAccount,))
    async def get_me(self) -> Account:
        """Whoever is signed in."""
        ...

    @command(
        idempotent=True,
        http="PATCH /api/accounts/me",
        body="*",
        requires=ANYONE_KNOWN,
        raises=(InvalidAccount, NoSuchAccount),
    )
    async def rename_me(self, name: Annotated[str, Meta(examples=["Some One Else"])]) -> Account:
        """Take another name."""
        ...

    @command(
        http="PUT /api/accounts/me/password",
        body="*",
        requires=ANYONE_KNOWN,
        raises=(InvalidAccount, WrongPassword, TooManyTries, NoSuchAccount),
    )
    async def change_password(self, change: PasswordChange) -> None:
        """Take another password."""
        ...

    @query(
        http="GET /api/accounts/{account_id}", requires=ANYONE_KNOWN, raises=(NoSuchAccount, NotYours, Unauthenticated)
    )
    async def get_account(self, account_id: str) -> Account:
        """An account, for itself and for admins."""
        ...
