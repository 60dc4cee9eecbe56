"""Every failure is problem+json; what nobody declared is a 500 without a word of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.module.failure import KINDS, Failure
from app.serving.problems import failure_problem, type_of
from tests.host.serving.conftest import Clock, Running
from tests.host.serving.shop import BadDetail, NoSuchProduct


async def test_a_declared_failure_has_its_type_title_and_fields(shop: Running) -> None:
    answer = await shop.client.get("/api/products/X")
    assert answer.status_code == 404
    assert answer.content == (
        b'{"type":"urn:problem-type:shop:no-such-product","title":"No such product","status":404,'
        b'"detail":"no product with ID X","kind":"NOT_FOUND","id":"X"}'
    )


@pytest.mark.parametrize(
    ("how", "status", "header"),
    [
        ("who", 401, ("www-authenticate", "Bearer")),
        ("much", 429, ("retry-after", "1")),
        ("away", 503, ("retry-after", "1")),
        ("internal", 500, ("content-type", "application/problem+json")),
    ],
)
async def test_a_bare_kind_has_the_titles_of_http(
    shop: Running, clock: Clock, how: str, status: int, header: Any
) -> None:
    answer = await shop.client.get(f"/api/fails/{how}")
    assert answer.status_code == answer.json()["status"] == status
    assert answer.json()["type"] == "about:blank"
    assert answer.headers[header[0]] == header[1]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_each_kind_has_its_status(kind: type[Failure]) -> None:
    answer = failure_problem(kind("text"))
    assert answer.status == kind.status
    assert f'"kind":"{kind.kind}"'.encode() in answer.body


def test_a_field_named_like_a_member_of_a_problem_steps_aside() -> None:
    assert b'"detail":"x is no good","kind":"INVALID_ARGUMENT","detail_":"x"' in failure_problem(BadDetail("x")).body


def test_problem_types_name_module_and_failure() -> None:
    assert type_of(NoSuchProduct) == "urn:problem-type:shop:no-such-product"


async def test_what_nobody_declared_is_told_and_not_shown(shop: Running, clock: Clock) -> None:
    answer = await shop.client.get("/api/fails/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "KeyError" not in answer.text
    (step,) = shop.broke()
    assert (step.module, step.edge, step.request) == ("shop", "http", "GET /api/fails/broken")
    assert isinstance(step.error, KeyError)


async def test_a_deadline_that_passes_is_504(shop: Running, clock: Clock) -> None:
    asked = asyncio.create_task(shop.client.get("/api/fails/hangs"))
    await shop.answers.entered.wait()
    await clock.move(0.19)
    assert not asked.done()
    await clock.move(0.03)
    answer = await asked
    assert (answer.status_code, answer.json()["kind"]) == (504, "DEADLINE_EXCEEDED")


async def test_an_unknown_path_is_404(shop: Running) -> None:
    answer = await shop.client.get("/nowhere")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "nothing is served at /nowhere"


async def test_a_wrong_method_is_405_and_says_which_are_right(shop: Running) -> None:
    answer = await shop.client.delete("/api/products")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    own = await shop.client.post("/healthz")
    assert (own.status_code, own.headers["allow"]) == (405, "GET, HEAD")
    options = await shop.client.options("/api/products")
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS")


async def test_every_request_has_a_scope_of_its_own(shop: Running, clock: Clock) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    said = (await shop.client.post("/api/touch/1", headers={"traceparent": trace})).json()["said"]
    assert (said["trace"], said["principal"], said["seconds"]) == (trace, "None", "30")
    assert list(said) == sorted(said)  # mappings in one order, whichever process answered


async def test_answers_do_not_say_who_serves(shop: Running) -> None:
    answer = await shop.client.get("/api/products/1")
    assert set(answer.headers) == {"date", "content-type", "content-length"}
