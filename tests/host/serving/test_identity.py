"""Who a request comes from: bearer tokens for everything, cookies for pages alone."""

from __future__ import annotations

from typing import Any

import pytest
import websockets
from litestar import Controller, WebSocket, get, post, websocket

from app.ambient import Principal, principal
from app.identity.bearer import Bearer
from app.identity.tokens import Tokens
from app.serving.health import Health
from app.serving.management import ManagementEdge
from app.telling.steps import Teller
from tests.host.serving.conftest import Running

TOKENS = Tokens(b"a key of at least thirty-two bytes")
ANN = Principal("ann", frozenset({"admin"}))
TOKEN = TOKENS.issue(ANN, 7 * 86_400)  # issued when tests are collected, which may be long before this one runs
BEARER = {"authorization": f"Bearer {TOKEN}"}
NOT_VALID = 'Bearer error="invalid_token"'


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Account(Controller):
    path = "/account"

    @get("/")
    async def who(self) -> dict[str, str]:
        return {"who": _who()}

    @post("/")
    async def change(self) -> dict[str, str]:
        return {"who": _who()}

    @websocket("/live")
    async def live(self, socket: WebSocket[Any, Any, Any]) -> None:
        await socket.accept()
        await socket.send_text(_who())


def _who() -> str:
    who = principal()
    return f"{who.subject}: {', '.join(who.roles)}" if who else "nobody"


@pytest.fixture
async def site(serve: Any) -> Running:
    return await serve([("account", Account, {})], authenticate=Bearer(TOKENS), cookie="session")


@pytest.fixture
async def plain(serve: Any) -> Running:
    return await serve([("account", Account, {})], authenticate=Bearer(TOKENS))


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_a_token_says_who_calls_a_contract(plain: Running, scheme: str) -> None:
    answer = await plain.client.post("/api/touch/1", headers={"authorization": f"{scheme} {TOKEN}"})
    assert answer.json()["said"]["principal"] == str(ANN)


async def test_a_token_says_who_asks_for_a_page(plain: Running) -> None:
    assert (await plain.client.get("/account", headers=BEARER)).json() == {"who": "ann: admin"}


async def test_without_a_token_nobody_is_known(plain: Running) -> None:
    assert (await plain.client.post("/api/touch/1")).json()["said"]["principal"] == "None"
    assert (await plain.client.get("/account")).json() == {"who": "nobody"}


async def test_one_request_says_nothing_of_the_next_on_its_connection(plain: Running) -> None:
    for _ in range(2):
        assert (await plain.client.get("/account", headers=BEARER)).json() == {"who": "ann: admin"}
        assert (await plain.client.get("/account")).json() == {"who": "nobody"}


@pytest.mark.parametrize("path", ["/api/products/1", "/account", "/nowhere"])
async def test_a_token_that_is_not_valid_is_401_whatever_the_route(plain: Running, path: str) -> None:
    answer = await plain.client.get(path, headers={"authorization": "Bearer x.y.z"})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert answer.headers.get_list("www-authenticate") == [NOT_VALID]
    assert answer.json() == {"type": "about:blank", "title": "Unauthorized", "status": 401,
                             "detail": "the token is not valid", "kind": "UNAUTHENTICATED"}  # fmt: skip


async def test_a_token_that_has_expired_says_so(serve: Any) -> None:
    clock = Clock()
    tokens = Tokens(b"a key of at least thirty-two bytes", clock=clock)
    site = await serve(authenticate=Bearer(tokens))
    headers = {"authorization": f"Bearer {tokens.issue(ANN, 60)}"}
    assert (await site.client.post("/api/touch/1", headers=headers)).status_code == 200
    clock.now += 60
    answer = await site.client.post("/api/touch/1", headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (401, "the token has expired")
    assert answer.headers["www-authenticate"] == NOT_VALID


@pytest.mark.parametrize("value", ["Basic YW5uOnNlY3JldA==", "", "Digest x", TOKEN])
async def test_another_scheme_is_401_and_told_which_is_understood(plain: Running, value: str) -> None:
    answer = await plain.client.get("/api/products/1", headers={"authorization": value})
    assert answer.status_code == 401
    assert answer.headers.get_list("www-authenticate") == ["Bearer"]
    assert "Bearer <token>" in answer.json()["detail"]


async def test_two_tokens_are_no_valid_one(plain: Running) -> None:
    twice = [("authorization", f"Bearer {TOKEN}"), ("authorization", f"Bearer {TOKEN}")]
    assert (await plain.client.get("/api/products/1", headers=twice)).status_code == 401


@pytest.mark.parametrize("value", [b"Bearer \xff\xfe", b"Bearer " + b"x" * 10_000, b"Bearer " + b"." * 9000])
async def test_what_is_hostile_is_401(plain: Running, value: bytes) -> None:
    assert (await plain.client.get("/api/products/1", headers={b"authorization": value})).status_code == 401
    assert not plain.told


async def test_an_edge_without_a_key_believes_no_token(serve: Any) -> None:
    keyless = await serve()
    answer = await keyless.client.get("/api/products/1", headers=BEARER)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, NOT_VALID)
    assert (await keyless.client.get("/api/products/1")).status_code == 200


@pytest.mark.parametrize("path", ["/schema", "/schema/openapi.json", "/healthz"])
async def test_the_hosts_own_pages_ask_nobody(plain: Running, path: str) -> None:
    assert (await plain.client.get(path, headers={"authorization": "Bearer x"})).status_code == 200


async def test_nor_does_the_management_address() -> None:
    edge = ManagementEdge(health=Health(), tell=Teller())
    seen: list[Any] = []

    async def send(message: Any) -> None:
        seen.append(message)

    scope = {"type": "http", "method": "GET", "path": "/nowhere", "query_string": b"",
             "headers": [(b"authorization", b"Basic x")]}  # fmt: skip
    await edge._front(scope, send, send)  # type: ignore[arg-type]
    assert seen[0]["status"] == 404


async def test_a_websocket_knows_who_it_talks_to(site: Running) -> None:
    address = f"ws://{site.address}/account/live"
    async with websockets.connect(address, additional_headers=BEARER) as socket:
        assert await socket.recv() == "ann: admin"
    async with websockets.connect(address) as socket:
        assert await socket.recv() == "nobody"
    with pytest.raises(websockets.InvalidStatus) as caught:
        await websockets.connect(address, additional_headers={"authorization": "Bearer x"})
    assert caught.value.response.status_code == 401
    assert caught.value.response.headers["www-authenticate"] == NOT_VALID


# --- cookies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["session={}", "a=b; session={}", "session={};x=y", 'x=1;session="{}"'])
async def test_a_cookie_says_who_asks_for_a_page(site: Running, written: str) -> None:
    answer = await site.client.get("/account", headers={"cookie": written.format(TOKEN)})
    assert answer.json() == {"who": "ann: admin"}
    assert (await site.client.post("/account", headers={"cookie": written.format(TOKEN)})).json()["who"] != "nobody"


async def test_a_contracts_route_never_looks_at_cookies(site: Running) -> None:
    answer = await site.client.post("/api/touch/1", headers={"cookie": f"session={TOKEN}"})
    assert answer.json()["said"]["principal"] == "None"


@pytest.mark.parametrize(
    "cookie", ["session=", "session=x.y.z", "session", "other={}", "xsession={}", "session= ;ÿ=\xff"]
)
async def test_a_cookie_that_is_not_valid_is_nobodys(site: Running, cookie: str) -> None:
    answer = await site.client.get("/account", headers={b"cookie": cookie.format(TOKEN).encode("latin-1")})
    assert (answer.status_code, answer.json()) == (200, {"who": "nobody"})


async def test_a_token_comes_before_a_cookie(site: Running) -> None:
    bob = TOKENS.issue(Principal("bob"), 60)
    assert (await site.client.get("/account", headers={**BEARER, "cookie": f"session={bob}"})).json()[
        "who"
    ] == "ann: admin"
    wrong = {"authorization": "Bearer x", "cookie": f"session={bob}"}
    assert (await site.client.get("/account", headers=wrong)).status_code == 401


async def test_without_a_name_for_it_no_cookie_is_read(plain: Running) -> None:
    assert (await plain.client.get("/account", headers={"cookie": f"session={TOKEN}"})).json() == {"who": "nobody"}
    assert (await plain.client.get("/account", headers={"cookie": f"={TOKEN}"})).json() == {"who": "nobody"}


@pytest.mark.parametrize(
    ("method", "come_from", "who"),
    [
        ("POST", "cross-site", "nobody"), ("POST", "same-site", "ann: admin"), ("POST", "same-origin", "ann: admin"),
        ("POST", "none", "ann: admin"), ("GET", "cross-site", "ann: admin"),
    ],
)  # fmt: skip
async def test_what_another_site_makes_a_browser_send_is_nobodys_unless_it_only_fetches(
    site: Running, method: str, come_from: str, who: str
) -> None:
    headers = {"cookie": f"session={TOKEN}", "sec-fetch-site": come_from}
    assert (await site.client.request(method, "/account", headers=headers)).json() == {"who": who}
    assert (await site.client.request(method, "/account", headers={**headers, **BEARER})).json() == {
        "who": "ann: admin"
    }


async def test_another_sites_websocket_is_nobodys(site: Running) -> None:
    cookie = {"cookie": f"session={TOKEN}"}
    for come_from, who in (("same-origin", "ann: admin"), ("cross-site", "nobody")):
        headers = {**cookie, "sec-fetch-site": come_from}
        async with websockets.connect(f"ws://{site.address}/account/live", additional_headers=headers) as socket:
            assert await socket.recv() == who
