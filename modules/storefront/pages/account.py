"""`/account`: who is signed in, another name, another password."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post

from modules.accounts.contract import (
    Accounts,
    InvalidAccount,
    NoSuchAccount,
    PasswordChange,
    TooManyTries,
    WrongPassword,
)

from ..forms import Form, read_form
from ..shop import Shop
from ..steps import AtOnce, step
from ..visitors import TOKEN, Visitor
from .page import Page, only_posted
from .signing import LEAST_PASSWORD, MOST_NAME, MOST_PASSWORD

SAVED = {"name": "Your name is changed.", "password": "Your password is changed."}
PASSWORDS = ("old_password", "new_password")


class AccountPages(Page):
    """The profile."""

    def __init__(self, shop: Shop, accounts: Accounts) -> None:
        super().__init__(shop)
        self._accounts = accounts

    @get("/account")
    async def profile(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Who is signed in."""
        visitor = self.shop.visitor(request)
        saved = SAVED.get(str(request.query_params.get("saved", "")), "")
        return await self._profile(visitor, Form(), saved=saved)

    @post("/account")
    async def rename(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Take another name."""
        visitor = self.shop.visitor(request)
        form = await read_form(request)
        name = form.text("name", "your name", MOST_NAME)
        if visitor.account and not form.errors:
            try:
                await step("could not change your name", self._accounts.rename_me(name))
                return self.shop.redirect(visitor, "/account?saved=name")
            except InvalidAccount as why:
                form.wrong("name", f"This {why.why}.")
        return await self._profile(visitor, form)

    no_form = only_posted("/account/password")

    @post("/account/password")
    async def change_password(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Take another password."""
        visitor = self.shop.visitor(request)
        form = await read_form(request)
        old = form.secret("old_password", "the password that you have", MOST_PASSWORD)
        new = form.secret("new_password", "the password that you want", MOST_PASSWORD)
        if 0 < len(new) < LEAST_PASSWORD:
            form.wrong("new_password", f"Please use at least {LEAST_PASSWORD} characters.")
        status = 422
        if visitor.account and not form.errors:
            try:
                changed = self._accounts.change_password(PasswordChange(old, new))
                await step("could not change your password", changed)
                return self.shop.redirect(visitor, "/account?saved=password")
            except InvalidAccount as why:
                form.wrong(why.field if why.field in PASSWORDS else "new_password", f"This {why.why}.")
            except WrongPassword:
                form.wrong("old_password", "This is not your password.")
            except TooManyTries as why:
                status = 429
                form.wrong("old_password", f"That was wrong too often. Please wait {why.seconds} seconds.")
        return await self._profile(visitor, form, status)

    async def _profile(self, visitor: Visitor, form: Form, status: int = 422, saved: str = "") -> Response[str]:
        """The page; on to the door for whoever is not signed in, or not any more."""
        if not visitor.account:
            return self.shop.redirect(visitor, "/signin?next=/account")
        try:
            async with AtOnce() as at_once:
                me = at_once.do("could not retrieve your account", self._accounts.get_me())
                frame = at_once.do("", self.shop.frames.around(visitor))
        except NoSuchAccount:
            visitor.keep(TOKEN, "", 0)
            return self.shop.redirect(visitor, "/signin?next=/account")
        status = status if form.errors else 200
        return self.shop.page(
            visitor, "account.html", frame.result(), status=status, form=form, me=me.result(), saved=saved
        )
