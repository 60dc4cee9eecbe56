"""Path, query and body become a method's arguments, or a 400 that says what is wrong and where."""

from __future__ import annotations

from typing import Any

import pytest

from tests.host.serving.conftest import Running

ITEM = {"product_id": "p", "quantity": 1}


async def test_a_path_segment_and_a_result(shop: Running) -> None:
    answer = await shop.client.get("/api/products/1")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.content == b'{"id":"1","name":"Sunglasses","price":1999}'


async def test_a_fixed_path_comes_before_a_slot(shop: Running) -> None:
    answer = await shop.client.get("/api/products/search?q=x")
    assert answer.json() == {"said": {"text": "'x'"}}


async def test_query_strings_are_converted(shop: Running) -> None:
    answer = await shop.client.get("/api/products/search?q=a+b%C3%A9&page=2&tag=1&tag=2&colour=1&exact=true")
    assert answer.json()["said"] == {
        "text": "'a bé'", "page": "2", "tags": "(1, 2)", "colour": "<Colour.RED: 1>", "exact": "True",
    }  # fmt: skip


async def test_one_field_is_the_body_and_none_is_204(shop: Running) -> None:
    answer = await shop.client.post("/api/carts/u/items", json=ITEM)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-length" not in answer.headers
    assert shop.answers.ended == ["{'user_id': 'u', 'item': Item(product_id='p', quantity=1, weight=0)}"]


async def test_the_body_is_what_path_and_query_leave_of_a_request(shop: Running) -> None:
    answer = await shop.client.put("/api/orders/u?at=2026-01-31T12:00:00Z", json={"from": ITEM})
    assert answer.status_code == 201
    assert "Order(user='u', from_=Item(product_id='p'" in answer.json()["said"]["order"]
    assert "tzinfo=datetime.timezone.utc" in answer.json()["said"]["order"]


async def test_keywords_of_python_have_their_own_name_in_json(shop: Running) -> None:
    answer = await shop.client.post("/api/parts", json={"a": 1, "from": "y"})
    assert answer.json()["said"] == {"a": "1", "from_": "'y'"}


async def test_a_command_without_a_body_takes_an_empty_object_and_nothing_else(shop: Running) -> None:
    assert (await shop.client.post("/api/touch/5")).status_code == 200
    assert (await shop.client.post("/api/touch/5", json={})).status_code == 200
    assert (await shop.client.post("/api/touch/5", json={"a": 1})).json()["detail"] == "this route takes no body"


async def test_head_answers_as_get_without_its_body(shop: Running) -> None:
    answer = await shop.client.head("/api/products/1")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "43"


WRONG_TARGETS = [
    ("/api/products/search", "the query parameter 'q' is missing", {"in": "query", "field": "q"}),
    ("/api/products/search?q=a&page=0", "the query parameter 'page' must be int >= 1; got '0'",
     {"in": "query", "field": "page"}),
    ("/api/products/search?q=a&page=x", "the query parameter 'page' must be int; got 'x'",
     {"in": "query", "field": "page"}),
    ("/api/products/search?q=a&tag=1&tag=x", "the query parameter 'tag' must be int; got '1, x'",
     {"in": "query", "field": "tag"}),
    ("/api/products/search?q=a&q=b", "the query parameter 'q' is given 2 times", {"in": "query", "field": "q"}),
    ("/api/products/search?q=a&pag=2", "there is no query parameter 'pag'; did you mean 'page'?",
     {"in": "query", "field": "pag"}),
    ("/api/products/search?q=a&colour=9",
     "the query parameter 'colour' is wrong (invalid enum value 9); got '9'", {"in": "query", "field": "colour"}),
    ("/api/products/search?q=a&tag=99999999999999999999",
     "the query parameter 'tag' must be between -9223372036854775808 and 9223372036854775807",
     {"in": "query", "field": "tag"}),
    ("/api/products/search?q=%ff", "the query string is not valid UTF-8", {"in": "query"}),
    ("/api/products/1?x=1", "there is no query parameter 'x'; this route takes none", {"in": "query", "field": "x"}),
]  # fmt: skip


@pytest.mark.parametrize(("target", "detail", "members"), WRONG_TARGETS, ids=[wrong[0] for wrong in WRONG_TARGETS])
async def test_a_wrong_path_or_query_is_told(shop: Running, target: str, detail: str, members: Any) -> None:
    answer = await shop.client.get(target)
    assert answer.json() == {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": detail,
                             "kind": "INVALID_ARGUMENT", **members}  # fmt: skip
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_path_that_is_no_utf8_is_told(shop: Running) -> None:
    answer = await shop.client.get("/api/products/%ff")
    assert (answer.status_code, answer.json()["detail"]) == (400, "the path is not valid UTF-8")
    assert (await shop.client.get("/api/products/%EF%BF%BD")).status_code == 404


async def test_an_encoded_slash_belongs_to_its_segment(shop: Running) -> None:
    answer = await shop.client.get("/api/products/a%2Fb%252F")
    assert answer.json()["id"] == "a/b%2F"
    assert (await shop.client.get("/api/products/%2f")).json()["id"] == "/"
    answer = await shop.client.get("/api%2Fproducts/1")
    assert (answer.status_code, answer.json()["detail"]) == (404, "nothing is served at /api%2Fproducts/1")


async def test_a_wrong_path_segment_is_told(shop: Running) -> None:
    answer = await shop.client.post("/api/touch/x")
    assert answer.json()["detail"] == "the path segment 'number' must be int; got 'x'"
    assert answer.json()["in"] == "path"


async def test_null_is_a_word_like_any_other_in_a_query(shop: Running) -> None:
    answer = await shop.client.put("/api/orders/u?at=null", json={"from": ITEM})
    assert answer.json()["detail"].startswith("the query parameter 'at' is wrong (invalid RFC3339")


FROM = b'"from":{"product_id":"p","quantity":1}'
WRONG_BODIES = [
    (b"", "the request has no body; JSON is expected", "", ""),
    (b'{"user":', "the body is not JSON: it ends too early", "", ""),
    (b"nonsense", "the body is not JSON: invalid character (byte 4)", "", ""),
    (b'{"user":"\xff"}', "the body is not JSON: it is not valid UTF-8", "", ""),
    (b"[]", "the body must be object, got array", "", ""),
    (b"{}", "user is missing", "user", "/user"),
    (b'{"user":"u",' + FROM + b',"usr":1}', "usr is not known; did you mean 'user'?", "usr", "/usr"),
    (b'{"user":"u",' + FROM + b',"items":[{"product_id":"p","quantity":"1"}]}',
     "items[0].quantity must be int, got str", "items[0].quantity", "/items/0/quantity"),
    (b'{"user":"u",' + FROM + b',"items":[{"product_id":"p","quantity":0}]}',
     "items[0].quantity must be int >= 1", "items[0].quantity", "/items/0/quantity"),
    (b'{"user":"u","from":{"product_id":"p","quantity":1,"quantty":2}}',
     "from.quantty is not known; did you mean 'quantity'?", "from.quantty", "/from/quantty"),
    (b'{"user":"u",' + FROM + b',"notes":{"k":{"quantity":1}}}',
     "notes[...].product_id is missing", "notes[...].product_id", "/notes"),
    (b'{"user":"u",' + FROM + b',"at":"2026-01-31T12:00:00"}',
     "at must be a date-time with its zone, such as 2026-01-31T12:00:00Z", "at", "/at"),
    (b'{"user":"u","from":{"product_id":"p","quantity":36893488147419103232}}',
     "from.quantity must be between -9223372036854775808 and 9223372036854775807", "from.quantity", "/from/quantity"),
    (b'{"user":"u","from":{"product_id":"p","quantity":1,"weight":2147483648}}',
     "from.weight must be between -2147483648 and 2147483647", "from.weight", "/from/weight"),
    (b'{"nope":' + b"[" * 100_000, "nope is not known; did you mean 'notes'?", "nope", "/nope"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "detail", "field", "pointer"), WRONG_BODIES, ids=[wrong[1] for wrong in WRONG_BODIES])
async def test_a_wrong_body_is_told(shop: Running, body: bytes, detail: str, field: str, pointer: str) -> None:
    answer = await shop.client.post("/api/orders", content=body)
    said = answer.json()
    assert (answer.status_code, said["detail"], said["in"]) == (400, detail, "body")
    assert (said.get("field", ""), said.get("pointer", "")) == (field, pointer)


async def test_what_the_path_gives_is_unknown_in_the_body(shop: Running) -> None:
    answer = await shop.client.put("/api/orders/u", json={"user": "v", "from": ITEM})
    assert answer.json()["detail"] == "user is not known"


async def test_another_content_type_is_415(shop: Running) -> None:
    answer = await shop.client.post("/api/orders", content=b"a=1", headers={"content-type": "text/plain"})
    assert answer.status_code == 415
    assert answer.json()["field"] == "content-type"
    json_too = await shop.client.post("/api/parts", content=b'{"a":1}',
                                      headers={"content-type": "application/vnd.x+json; charset=utf-8"})  # fmt: skip
    assert json_too.status_code == 200
