"""The module in its host: over REST, with a cart beside it, with an admin, and silent about passwords."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from app import Secret
from app.telling.refusals import Refused
from app.testing import TestHost, acting_as
from modules.accounts.contract import (
    ADMIN,
    Accounts,
    Credentials,
    InvalidAccount,
    Registration,
    WrongCredentials,
)
from modules.accounts.module import module as accounts
from modules.accounts.tests.conftest import PASSWORD, QUICK, House
from modules.cart.contract import CartItem, Carts
from modules.cart.module import module as cart

ROOT = "root@example.com"
ADMINS = "a password for admins"
SETTINGS = {f"modules.accounts.{key}": value for key, value in {**QUICK, "cart_seconds": 60.0}.items()}
ANN = {"email": "ann@example.com", "password": PASSWORD, "name": "Ann"}


async def _session(http: httpx.AsyncClient, **more: str) -> dict[str, str]:
    asked = {"email": ANN["email"], "password": PASSWORD, **more}
    answer = await http.post("/api/sessions", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_shoppers_story_over_rest() -> None:
    async with (
        TestHost(accounts, cart, settings=SETTINGS, edges=True) as host,
        httpx.AsyncClient(base_url=host.http) as http,
    ):
        await host.get(Carts).add_item("anonymous", CartItem("mug", 2))
        answer = await http.post("/api/accounts", json=ANN)
        assert answer.status_code == 201
        account = answer.json()
        assert "password" not in account
        assert (await http.post("/api/accounts", json=ANN)).status_code == 409

        session = await _session(http, cart="anonymous")
        assert (session["token_type"], session["expires_in"]) == ("Bearer", 3600)
        signed_in = {"Authorization": f"Bearer {session['access_token']}"}
        assert (await http.get("/api/accounts/me")).status_code == 401
        assert (await http.get("/api/accounts/me", headers=signed_in)).json() == account
        its = f"/api/carts/{account['account_id']}"
        assert (await http.get(its, headers=signed_in)).json()["items"] == [{"product_id": "mug", "quantity": 2}]
        assert (await http.get(its)).status_code == 401
        assert (await http.get("/api/carts/anonymous")).json()["items"] == []

        renamed = await http.patch("/api/accounts/me", json={"name": "Anne"}, headers=signed_in)
        assert renamed.json()["name"] == "Anne"
        change = {"old_password": PASSWORD, "new_password": "another horse altogether"}
        assert (await http.put("/api/accounts/me/password", json=change, headers=signed_in)).status_code == 204
        assert (await http.post("/api/sessions", json=ANN)).status_code == 400  # a name is no part of it
        old = {"email": ANN["email"], "password": PASSWORD}
        assert (await http.post("/api/sessions", json=old)).status_code == 401


@pytest.mark.topology("all")
async def test_the_cart_goes_along_wherever_it_is_kept(test_host: Callable[..., TestHost]) -> None:
    async with test_host(accounts, cart, settings=SETTINGS) as host:
        await host.get(Carts).add_item("anonymous", CartItem("mug", 2))
        account = await host.get(Accounts).register(Registration(ANN["email"], PASSWORD, "Ann"))
        session = await host.get(Accounts).sign_in(Credentials(ANN["email"], PASSWORD, "anonymous"))
        assert session.account_id == account.account_id
        with acting_as(account.account_id):
            assert (await host.get(Carts).get_cart(account.account_id)).items == (CartItem("mug", 2),)
            assert await host.get(Accounts).get_me() == account
        with pytest.raises(WrongCredentials):
            await host.get(Accounts).sign_in(Credentials(ANN["email"], f"not {PASSWORD}"))


async def test_nothing_that_is_said_holds_a_password_or_a_token() -> None:
    async with (
        TestHost(accounts, cart, settings={**SETTINGS, "modules.accounts.tries": 1}, edges=True) as host,
        httpx.AsyncClient(base_url=host.http) as http,
    ):
        await http.post("/api/accounts", json=ANN)
        session = await _session(http, cart="c" * 300)
        told = [
            await http.post("/api/accounts", json={**ANN, "email": "none"}),
            await http.post("/api/accounts", json={**ANN, "password": [PASSWORD]}),
            await http.post("/api/accounts", json={**ANN, "name": 7}),
            await http.post("/api/sessions", json={"email": ANN["email"], "password": f"not {PASSWORD}"}),
            await http.post("/api/sessions", json={"email": ANN["email"], "password": PASSWORD}),
            await http.post("/api/sessions", content=f'{{"password": "{PASSWORD}'),
        ]
        assert [answer.status_code for answer in told] == [400, 400, 400, 401, 429, 400]
        said = "".join(answer.text for answer in told) + repr(host.steps)
        assert PASSWORD not in said
        assert session["access_token"] not in said


async def test_the_admin_of_the_settings_can_sign_in_and_see_everybody() -> None:
    settings = {**SETTINGS, "modules.accounts.admin_email": ROOT, "modules.accounts.admin_password": ADMINS}
    async with (
        TestHost(accounts, cart, settings=settings, edges=True) as host,
        httpx.AsyncClient(base_url=host.http) as http,
    ):
        account = (await http.post("/api/accounts", json=ANN)).json()
        session = await _session(http, email=ROOT, password=ADMINS)
        seen = await http.get(
            f"/api/accounts/{account['account_id']}", headers={"Authorization": f"Bearer {session['access_token']}"}
        )
        assert seen.json() == account


async def test_settings_that_make_no_admin_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="go together"):
        async with TestHost(accounts, cart, settings={**SETTINGS, "modules.accounts.admin_email": ROOT}):
            pass


async def test_the_admin_is_made_once_and_kept_as_the_settings_say(build: Callable[..., House]) -> None:
    houses = [build(admin_email=ROOT, admin_password=Secret(ADMINS)) for _ in range(3)]
    await asyncio.gather(*(house.admin.seed() for house in houses))
    kept = await houses[0].store.find(ROOT)
    assert kept is not None
    assert kept.account.roles == (ADMIN,)
    again = build(admin_email=ROOT.upper(), admin_password=Secret("a newer one for admins"))
    await again.admin.seed()
    session = await again.sign_in(ROOT, "a newer one for admins")
    assert session.account_id == kept.account.account_id
    assert again.tokens.check(session.access_token).roles == {ADMIN}
    with pytest.raises(WrongCredentials):
        await again.sign_in(ROOT, ADMINS)


async def test_whoever_had_the_admins_address_before_does_not_keep_their_password(build: Callable[..., House]) -> None:
    stranger = await build().register(ROOT)
    house = build(admin_email=ROOT, admin_password=Secret(ADMINS))
    await house.admin.seed()
    with pytest.raises(WrongCredentials):
        await house.sign_in(ROOT, PASSWORD)
    assert (await house.sign_in(ROOT, ADMINS)).account_id == stranger.account_id


async def test_an_admin_who_cannot_be_is_refused_at_the_start_by_the_settings_name(build: Callable[..., House]) -> None:
    for email, password, words in (
        ("root", ADMINS, "modules.accounts.admin_email is not an email address"),
        (ROOT, "short", "modules.accounts.admin_password must be at least 12 characters"),
    ):
        house = build(admin_email=email, admin_password=Secret(password))
        assert house.starts.hooks == [house.admin.seed]
        with pytest.raises(InvalidAccount) as failure:
            await house.admin.seed()
        assert failure.value.text == words
