"""What routes take beside fields, and what they answer with: headers, one field of a result, a status of one's own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from app import Contract, Int32, Internal, Message, Metadata, Module, command, connect, query
from app.module.failure import Unimplemented
from app.testing import TestHost

request_id = Metadata("tests-request-id", str, header="Idempotency-Key")
tries = Metadata("tests-tries", int, header="X-Tries")


class Card(Message, sensitive=("number",)):
    number: str
    month: Int32 = 1


class Order(Message):
    key: str
    tries: Int32 = 0


class Placed(Message):
    order: Order


class Refused(Internal, says="failed to charge: {why}", status=402):
    why: str


class Till(Contract):
    @command(http="POST /orders", body="*", status=201, answer="order", metadata=[request_id, tries], raises=(Refused,))
    async def pay(self, card: Card) -> Placed:
        """Pay.

        tests-request-id: repeated under it, nothing happens twice
        """
        ...

    @query(http="GET /seen")
    async def seen(self) -> Order: ...


class Ledger(Contract, internal=True):
    @query()
    async def entries(self) -> Order: ...


class Desk(Till):
    async def pay(self, card: Card) -> Placed:
        if card.month > 12:
            raise Refused("the month")
        return Placed(Order(request_id.get() or "none", tries.get() or 0))

    async def seen(self) -> Order:
        return Order(request_id.get() or "none")


class Books(Ledger):
    async def entries(self) -> Order:
        return Order("secret")


module = Module(name="till", exports=[Till.by(Desk), Ledger.by(Books)])


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with TestHost(module, edges=True) as host, httpx.AsyncClient(base_url=host.http) as client:
        yield client


async def test_a_header_that_a_method_names_is_its_metadata(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "k-1", "X-Tries": "3"}
    answer = await client.post("/orders", json={"number": "4"}, headers=headers)
    assert answer.status_code == 201
    assert answer.json() == {"key": "k-1", "tries": 3}
    assert (await client.get("/seen", headers=headers)).json()["key"] == "none"  # it names none


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ([("Idempotency-Key", "a"), ("idempotency-key", "b")], "the header Idempotency-Key is given twice"),
        ([("Idempotency-Key", "\xe9")], "the header Idempotency-Key must be printable ASCII"),
        ([("Idempotency-Key", "")], "the header Idempotency-Key must be printable ASCII, and not empty"),
        ([("X-Tries", "three")], "the header X-Tries must be int"),
    ],
)
async def test_a_header_that_is_none_is_refused_by_name(
    client: httpx.AsyncClient, headers: list[tuple[str, str]], words: str
) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    answer = await client.post("/orders", json={"number": "4"}, headers=raw)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(words)
    assert answer.json()["in"] == "header"


async def test_a_failure_may_have_an_http_status_of_its_own(client: httpx.AsyncClient) -> None:
    answer = await client.post("/orders", json={"number": "4", "month": 13})
    assert (answer.status_code, answer.json()["kind"]) == (402, "INTERNAL")


async def test_headers_answers_and_secrets_are_described(client: httpx.AsyncClient) -> None:
    document = (await client.get("/schema/openapi.json")).json()
    pay = document["paths"]["/orders"]["post"]
    key = next(one for one in pay["parameters"] if one["name"] == "Idempotency-Key")
    assert (key["in"], key["required"], key["schema"]) == ("header", False, {"type": "string"})
    assert pay["responses"]["201"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Order"}
    assert "402" in pay["responses"]
    assert document["components"]["schemas"]["Card"]["properties"]["number"]["format"] == "password"


def test_a_sensitive_field_shows_itself_to_nobody() -> None:
    assert repr(Card("4111", 2)) == "Card(number=***, month=2)"
    assert "4111" not in f"{(Card('4111'),)}"


async def test_an_internal_contract_is_not_offered_to_the_outside() -> None:
    async with TestHost(module, edges=True) as host:
        assert (await host.get(Ledger).entries()).key == "secret"
        async with connect(Till, host.grpc) as till:
            assert (await till.seen()).key == "none"
        async with connect(Ledger, host.grpc) as ledger:
            with pytest.raises(Unimplemented):
                await ledger.entries()
