"""The description says what the edge does, and its page needs nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
import pytest

from app.module.contract import ANYONE_KNOWN, Contract, command, query
from app.module.failure import NotFound
from app.module.message import Message
from app.module.spec import spec_of
from app.serving.openapi import Description
from tests.host.serving.conftest import Running
from tests.host.serving.shop import Shop


class Card(Message, tag="card"):
    number: str


class Cash(Message, tag="cash"):
    amount: int


class Payment(Message):
    means: Card | Cash


class NoSuchTill(NotFound, says="no till {till}"):
    """There is no such till."""

    till: int


class Tills(Contract):
    """Where money changes hands.

    More words.
    """

    @command(http="POST /api/tills/{till}/payments?note", body="payment", raises=(NoSuchTill,), requires="cashier")
    async def pay(self, till: Annotated[int, msgspec.Meta(ge=1)], payment: Payment, note: str | None = None) -> None:
        """Pay at a till.

        It is booked at once.
        till: the till's number
        payment: what is handed over
        """
        ...

    @query(http="GET /api/tills")
    async def count(self) -> Cash: ...

    @command(http="DELETE /api/tills", requires=ANYONE_KNOWN)
    async def close(self) -> None: ...


@pytest.fixture
def described() -> dict[str, Any]:
    document = Description([spec_of(Tills), spec_of(Shop)], "Shop", "1.2").document()
    return msgspec.json.decode(msgspec.json.encode(document))


def test_what_it_is(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    assert described["info"] == {"title": "Shop", "version": "1.2"}
    assert described["tags"][1] == {"name": "Tills", "description": "Where money changes hands.\n\nMore words."}


def test_the_order_of_contracts_does_not_matter(described: dict[str, Any]) -> None:
    again = Description([spec_of(Shop), spec_of(Tills)], "Shop", "1.2").document()
    assert msgspec.json.encode(again) == msgspec.json.encode(described)


def test_an_operation_is_written_from_its_method(described: dict[str, Any]) -> None:
    pay = described["paths"]["/api/tills/{till}/payments"]["post"]
    assert (pay["operationId"], pay["tags"], pay["summary"]) == ("Tills.pay", ["Tills"], "Pay at a till.")
    assert pay["description"] == "It is booked at once."
    assert pay["parameters"] == [
        {"name": "till", "in": "path", "required": True, "description": "the till's number",
         "schema": {"type": "integer", "minimum": 1, "format": "int64"}, "example": 1},
        {"name": "note", "in": "query", "required": False, "schema": {"type": "string"}, "example": "text"},
    ]  # fmt: skip
    assert pay["requestBody"] == {
        "required": True,
        "description": "what is handed over",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Payment"},
                                         "example": {"means": {"type": "card", "number": "text"}}}},
    }  # fmt: skip


def test_every_error_that_can_occur_is_listed(described: dict[str, Any]) -> None:
    pay = described["paths"]["/api/tills/{till}/payments"]["post"]["responses"]
    assert list(pay) == ["204", "400", "401", "403", "404", "413", "415", "429", "500", "503", "504"]
    assert pay["404"]["description"] == "There is no such till."
    assert pay["404"]["content"]["application/problem+json"]["schema"] == {
        "$ref": "#/components/schemas/NoSuchTillProblem"
    }
    count = described["paths"]["/api/tills"]["get"]["responses"]
    assert list(count) == ["200", "400", "401", "429", "500", "503", "504"]


def test_who_may_is_said_where_it_matters(described: dict[str, Any]) -> None:
    paths = described["paths"]
    assert paths["/api/tills/{till}/payments"]["post"]["security"] == [{"bearer": ["cashier"]}]
    assert paths["/api/tills"]["delete"]["security"] == [{"bearer": []}]
    assert "security" not in paths["/api/tills"]["get"]
    scheme = described["components"]["securitySchemes"]["bearer"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert "securitySchemes" not in Description([spec_of(Shop)]).document()["components"]


async def test_a_token_that_is_not_valid_is_said_of_every_operation(shop: Running) -> None:
    document = (await shop.client.get("/schema/openapi.json")).json()
    answers = [said["responses"] for item in document["paths"].values() for said in item.values()]
    assert answers
    assert [one for one in answers if "401" not in one] == []


def test_a_failures_problem_has_its_type_and_fields(described: dict[str, Any]) -> None:
    problem = described["components"]["schemas"]["NoSuchTillProblem"]
    assert problem["properties"]["type"] == {"const": "urn:problem-type:test_openapi:no-such-till"}
    assert problem["properties"]["till"] == {"type": "integer", "format": "int64"}


def test_messages_are_closed_and_unions_told_apart(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    assert schemas["Payment"]["additionalProperties"] is False
    assert schemas["Payment"]["properties"]["means"]["discriminator"] == {
        "propertyName": "type",
        "mapping": {"card": "#/components/schemas/Card", "cash": "#/components/schemas/Cash"},
    }
    for name, schema in schemas.items():
        if "properties" in schema and not name.endswith("Problem"):
            assert schema["additionalProperties"] is False, name


def test_formats_and_what_the_path_leaves_of_a_request(described: dict[str, Any]) -> None:
    body = described["components"]["schemas"]["OrderBody"]
    assert set(body["properties"]) == {"from", "items", "notes"}
    whole = described["components"]["schemas"]["Order"]
    assert whole["properties"]["at"]["anyOf"][0] == {"type": "string", "format": "date-time"}


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    for reference in _references(described):
        at: Any = described
        for step in reference.removeprefix("#/").split("/"):
            at = at[step]
        assert at


def test_operations_have_names_of_their_own(described: dict[str, Any]) -> None:
    names = [said["operationId"] for item in described["paths"].values() for said in item.values()]
    assert len(names) == len(set(names)) == 12


async def test_the_document_and_its_page_are_served(shop: Running) -> None:
    document = await shop.client.get("/schema/openapi.json")
    assert document.json()["paths"]["/api/products/{id}"]["get"]["operationId"] == "Shop.get_product"
    page = await shop.client.get("/schema")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert not re.findall(r"(?:https?:)?//[a-z]", page.text)  # nothing is fetched from elsewhere
    assert "default-src 'none'" in page.headers["content-security-policy"]


def _references(thing: Any) -> Iterator[str]:
    if isinstance(thing, dict):
        for name, value in thing.items():
            if name == "$ref":
                yield value
            yield from _references(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from _references(value)
