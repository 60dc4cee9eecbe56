"""Modules' own controllers: constructed with what they ask for, in scopes, with problems like everything else."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import websockets

from app.serving.limits import Limits
from app.telling.drawing import draw
from app.telling.refusals import Refused
from tests.host.serving.conftest import Clock, Running
from tests.host.serving.pages import Pages, Streams
from tests.host.serving.shop import Answers

BROKE = "something broke on our side; what it was has been logged"


@pytest.fixture
def closed() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
async def site(serve: Any, answers: Answers, closed: asyncio.Event) -> Running:
    return await serve(
        [("front", Pages, {"shop": answers, "greeting": "Hello"}), ("files", Streams, {"closed": closed})],
        Limits(deadline=60),
    )


async def test_a_page_is_made_with_what_its_constructor_asked_for(site: Running) -> None:
    answer = await site.client.get("/pages")
    assert answer.text == "<h1>Hello, Sunglasses</h1>"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_the_very_thing_is_injected_and_no_copy(serve: Any, closed: asyncio.Event) -> None:
    answers = Answers()
    edge = await serve([("front", Pages, {"shop": answers, "greeting": ""})])
    handlers = [handler for route in edge.edge._litestar.routes for handler in route.route_handlers]
    pages = {handler.fn.__self__ for handler in handlers if isinstance(getattr(handler.fn, "__self__", None), Pages)}
    assert [page.shop for page in pages] == [answers]


async def test_routes_of_contracts_are_served_beside(site: Running) -> None:
    assert (await site.client.get("/api/products/1")).status_code == 200


async def test_a_controllers_request_has_a_scope(site: Running, clock: Clock) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = await site.client.get("/pages/scope", headers={"traceparent": trace})
    assert answer.json() == {"trace": trace, "seconds": "60"}


async def test_a_controller_past_its_deadline_is_504(site: Running, answers: Answers, clock: Clock) -> None:
    asked = asyncio.create_task(site.client.get("/pages/slow"))
    await answers.entered.wait()
    await clock.move(59.9)
    assert not asked.done()
    await clock.move(0.2)
    assert (await asked).status_code == 504


async def test_failures_of_contracts_are_problems_in_controllers_too(site: Running) -> None:
    answer = await site.client.get("/pages/missing")
    assert (answer.status_code, answer.json()["id"]) == (404, "7")


async def test_litestars_own_exceptions_keep_their_words_and_headers(site: Running) -> None:
    answer = await site.client.get("/pages/secret")
    assert (answer.status_code, answer.json()["detail"]) == (401, "who are you?")
    assert answer.headers.get_list("www-authenticate") == ["Basic"]


@pytest.mark.parametrize(
    ("target", "status", "said"),
    [
        ("/pages/number/x", 404, {"detail": "nothing is served at /pages/number/x"}),
        ("/pages/number/1?limit=x", 400, {"detail": "limit: Expected int, got str", "in": "query", "field": "limit"}),
    ],
)
async def test_wrong_parameters_of_controllers_are_problems(
    site: Running, target: str, status: int, said: dict[str, str]
) -> None:
    answer = await site.client.get(target)
    assert answer.status_code == status
    assert said.items() <= answer.json().items()


async def test_wrong_bodies_of_controllers_are_problems(site: Running) -> None:
    answer = await site.client.post("/pages/notes", json={"text": 1})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    malformed = await site.client.post("/pages/notes", content=b"{", headers={"content-type": "application/json"})
    assert malformed.status_code == 400


async def test_what_breaks_in_a_controller_is_told_and_not_shown(site: Running) -> None:
    answer = await site.client.get("/pages/broken")
    assert (answer.status_code, answer.json()["detail"]) == (500, BROKE)
    (step,) = site.broke()
    assert (step.module, step.request, str(step.error)) == ("front", "GET /pages/broken", "the secret")


async def test_what_breaks_in_the_middle_of_a_response_cuts_it_and_is_told(site: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(b"GET /pages/half HTTP/1.1\r\nhost: x\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert b"first" in answer
    assert b"secret" not in answer
    assert not answer.endswith(b"0\r\n\r\n")  # the client can tell that something is missing
    assert [str(step.error) for step in site.broke()] == ["the secret"]


async def test_head_is_answered_where_get_is_and_by_its_own_handler(site: Running) -> None:
    answer = await site.client.head("/pages/scope")
    assert (answer.status_code, answer.content) == (200, b"")
    assert (await site.client.head("/pages/headed")).status_code == 200
    assert (await site.client.head("/pages/notes")).status_code == 405


async def test_uploads(site: Running) -> None:
    answer = await site.client.post("/upload", files={"data": ("a.txt", b"x" * 1000)})
    assert answer.json() == {"name": "a.txt", "size": 1000}


async def test_an_upload_past_the_limit_is_413_unless_its_handler_allows_more(site: Running) -> None:
    answer = await site.client.post("/upload", files={"data": ("a.txt", b"x" * 2_000_000)})
    assert (answer.status_code, answer.json()["kind"]) == (413, "RESOURCE_EXHAUSTED")
    allowed = await site.client.post("/large", content=b"x" * 2_000_000)
    assert allowed.json() == {"size": 2_000_000}


async def test_an_event_stream_outlives_the_deadline_and_ends_with_its_client(
    site: Running, closed: asyncio.Event, clock: Clock
) -> None:
    async with site.client.stream("GET", "/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        seen = 0
        async for line in answer.aiter_lines():
            if line.startswith("data:"):
                seen += 1
                await clock.move(20)  # the deadline is 60 s
            if seen == 5:
                break
    await closed.wait()
    assert not site.told


async def test_a_websocket_talks_without_a_deadline(site: Running, closed: asyncio.Event) -> None:
    async with websockets.connect(f"ws://{site.address}/echo") as socket:
        await socket.send("hello")
        assert await socket.recv() == "hello inf"
    async with asyncio.timeout(30):
        await closed.wait()
    assert not site.told


async def test_what_breaks_in_a_websocket_is_told_and_not_shown(site: Running) -> None:
    async with websockets.connect(f"ws://{site.address}/echo") as socket:
        await socket.send("break")
        with pytest.raises(websockets.ConnectionClosed) as caught:
            await socket.recv()
    assert caught.value.rcvd is not None
    assert (caught.value.rcvd.code, caught.value.rcvd.reason) == (1011, "something broke")
    (step,) = site.broke()
    assert (step.module, str(step.error)) == ("files", "the secret")


async def test_an_unknown_websocket_is_refused(site: Running) -> None:
    with pytest.raises(websockets.InvalidStatus):
        await websockets.connect(f"ws://{site.address}/nowhere")


async def test_controllers_are_described_beside_the_contracts(site: Running) -> None:
    described = json.loads((await site.client.get("/schema/openapi.json")).content)
    operation = described["paths"]["/pages/number/{number}"]["get"]
    assert operation["tags"] == ["front"]
    assert operation["responses"]["400"] == {"$ref": "#/components/responses/BadRequest"}
    assert described["paths"]["/pages"]["get"]["description"] == "The front page."
    assert "Note" in described["components"]["schemas"]
    assert described["paths"]["/api/products/{id}"]["get"]["tags"] == ["Shop"]


async def test_something_that_is_no_controller_is_refused(serve: Any) -> None:
    with pytest.raises(Refused) as caught:
        await serve([("front", Answers, {})])
    assert "which is no Litestar Controller" in draw(caught.value.refusals)
