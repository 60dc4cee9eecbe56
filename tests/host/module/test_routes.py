"""Contract routes, read from their text."""

from __future__ import annotations

import pytest

from app.module.routes import BadRoute, Route, read_route


def test_a_route_is_read_into_verb_path_and_query() -> None:
    assert read_route("GET /api/{kind}/search?q={query}&page") == Route(
        "GET", "/api/{kind}/search", ("kind",), (("q", "query"), ("page", "page"))
    )


def test_a_body_is_kept() -> None:
    assert read_route("POST /api/things", "*").body == "*"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("/api/things", "VERB"),
        ("FETCH /api/things", "FETCH is not one of"),
        ("GET api/things", "VERB"),
        ("GET /api/{}", "slot"),
        ("GET /api/{id}/{id}", "twice"),
        ("GET /api?q={a b}", "VERB"),
        ("GET /api?q=x", "name={field}"),
        ("GET /api?={x}", "name={field}"),
    ],
)
def test_what_is_no_route_says_why(text: str, why: str) -> None:
    with pytest.raises(BadRoute, match=why.replace("{", r"\{").replace("}", r"\}")):
        read_route(text)


def test_a_get_carries_no_body() -> None:
    with pytest.raises(BadRoute, match="no body"):
        read_route("GET /api/things", "*")
