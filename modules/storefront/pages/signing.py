"""`/signin`, `/register`, `/logout`: becoming somebody, and nobody again."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post

from modules.accounts.contract import (
    Accounts,
    Credentials,
    EmailTaken,
    InvalidAccount,
    Registration,
    TooManyTries,
    WrongCredentials,
)
from modules.email.contract import is_address

from ..forms import Form, read_form
from ..shop import Shop
from ..sites import local
from ..steps import step
from ..visitors import Visitor
from .page import Page

MOST_PASSWORD, MOST_NAME, LEAST_PASSWORD = 200, 100, 12
AFTER = "/account"
"""Where signing in leads when nobody was on their way elsewhere."""


class SigningPages(Page):
    """The door."""

    def __init__(self, shop: Shop, accounts: Accounts) -> None:
        super().__init__(shop)
        self._accounts = accounts

    @get("/signin")
    async def door(self, request: Request[Any, Any, Any]) -> Response[str]:
        """The form to sign in."""
        form = Form({"next": str(request.query_params.get("next", ""))})
        return await self._form(self.shop.visitor(request), "signin.html", form)

    @post("/signin")
    async def sign_in(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Sign in; the cart comes along. 422 where email or password are wrong, 429 after too many tries."""
        visitor = self.shop.visitor(request)
        form = await read_form(request)
        email = _email(form)
        password = form.secret("password", "your password", MOST_PASSWORD)
        return await self._entered(visitor, "signin.html", form, email, password)

    @get("/register")
    async def desk(self, request: Request[Any, Any, Any]) -> Response[str]:
        """The form to open an account."""
        form = Form({"next": str(request.query_params.get("next", ""))})
        return await self._form(self.shop.visitor(request), "register.html", form)

    @post("/register")
    async def register(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Open an account and sign in; 422 where something is wrong."""
        visitor = self.shop.visitor(request)
        form = await read_form(request)
        name = form.text("name", "your name", MOST_NAME)
        email = _email(form)
        password = form.secret("password", "a password", MOST_PASSWORD)
        if 0 < len(password) < LEAST_PASSWORD:
            form.wrong("password", f"Please use at least {LEAST_PASSWORD} characters.")
        if not form.errors:
            try:
                opened = self._accounts.register(Registration(email, password, name))
                await step("could not open your account", opened, EmailTaken)
            except InvalidAccount as why:
                form.wrong(why.field if why.field in ("name", "email", "password") else "", f"This {why.why}.")
            except EmailTaken:
                form.wrong("email", "There is an account with this email already. Would you like to sign in?")
        return await self._entered(visitor, "register.html", form, email, password)

    @get("/logout")
    async def leave(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Be nobody again: all cookies go."""
        visitor = self.shop.visitor(request)
        visitor.forget()
        return self.shop.redirect(visitor, "/")

    async def _entered(self, visitor: Visitor, template: str, form: Form, email: str, password: str) -> Response[str]:
        """Signed in and on the way, or the form again."""
        status = 422
        if not form.errors:
            try:
                credentials = Credentials(email, password, visitor.session)
                visitor.sign_in(await step("could not sign you in", self._accounts.sign_in(credentials)))
                return self.shop.redirect(visitor, local(form.kept("next"), AFTER))
            except InvalidAccount as why:
                form.wrong(why.field if why.field in ("email", "password") else "", f"This {why.why}.")
            except WrongCredentials:
                form.wrong("", "Email or password is wrong.")
            except TooManyTries as why:
                status = 429
                form.wrong("", f"That was wrong too often. Please wait {why.seconds} seconds.")
        return await self._form(visitor, template, form, status)

    async def _form(self, visitor: Visitor, template: str, form: Form, status: int = 200) -> Response[str]:
        return self.shop.page(visitor, template, await self.shop.frames.around(visitor), status=status, form=form)


def _email(form: Form) -> str:
    email = form.text("email", "your email address", 254)
    if email and not is_address(email):
        form.wrong("email", "This is no email address. It should look like someone@example.com.")
    return email
