"""Examples in the description: everything has one, and what is sent as shown is taken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
import pytest

from app import Contract, Int32, Message, NotFound, command, query
from app.module.spec import spec_of
from app.serving.openapi import Description


class Leaf(Message, tag="leaf"):
    name: Annotated[str, msgspec.Meta(examples=["oak"])]


class Branch(Message, tag="branch"):
    children: tuple[Leaf, ...] = ()
    above: Branch | None = None


class Tree(Message):
    top: Leaf | Branch
    planted: datetime
    height: Annotated[Int32, msgspec.Meta(ge=3)] = 0
    labels: Mapping[str, str] = {}
    kind: str = "tree"


class NoSuchTree(NotFound, says="no tree {name}"):
    """There is no such tree."""

    name: str


class Forest(Contract):
    @command(http="POST /trees", body="*", raises=(NoSuchTree,))
    async def plant(self, tree: Tree) -> Tree: ...

    @query(http="GET /trees/{name}?labels")
    async def find(
        self,
        name: Annotated[str, msgspec.Meta(examples=["elm"])],
        labels: tuple[Annotated[str, msgspec.Meta(examples=["big"])], ...] = (),
    ) -> Tree: ...


@pytest.fixture
def described() -> dict[str, Any]:
    return Description([spec_of(Forest)]).document()


def test_a_body_is_shown_as_it_may_be_sent(described: dict[str, Any]) -> None:
    shown = described["paths"]["/trees"]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert shown == {
        "top": {"type": "leaf", "name": "oak"},
        "planted": "2026-01-31T12:00:00Z",
        "height": 3,
        "labels": {},
        "kind": "tree",
    }
    assert msgspec.convert(shown, Tree).height == 3


def test_parameters_are_shown(described: dict[str, Any]) -> None:
    shown = {one["name"]: one["example"] for one in described["paths"]["/trees/{name}"]["get"]["parameters"]}
    assert shown == {"name": "elm", "labels": ["big"]}


def test_a_message_inside_itself_ends(described: dict[str, Any]) -> None:
    assert described["components"]["schemas"]["Branch"]["examples"] == [
        {"type": "branch", "children": [{"type": "leaf", "name": "oak"}], "above": None}
    ]


def test_a_failure_is_shown_as_the_problem_that_it_is(described: dict[str, Any]) -> None:
    (shown,) = described["components"]["schemas"]["NoSuchTreeProblem"]["examples"]
    assert shown["type"] == "urn:problem-type:test_examples:no-such-tree"
    assert (shown["status"], shown["title"], shown["detail"]) == (404, "No such tree", "There is no such tree.")
    assert shown["name"] == "text"
