"""Contracts, read: what a declaration says, and what is refused of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app import Contract, Message, NotFound, Refused, command, query
from app.module.spec import read_contract, spec_of


class Thing(Message):
    id: str


class Nothing(Message):
    pass


class NoSuchThing(NotFound, says="no thing {id}"):
    id: str


class Things(Contract, service="acme.ThingService", empty=Nothing):
    """Things.

    All of them.
    """

    @query(http="GET /things/{id}", raises=(NoSuchThing,), deadline=2.0)
    async def get_thing(self, id: str) -> Thing:
        """One thing."""

    @command(requires="admin")
    async def put(self, thing: Thing) -> None: ...

    @command(idempotent=True)
    async def convert(self, from_: str, to: str = "here") -> Thing: ...

    @query()
    async def ping(self) -> Thing: ...

    @query()
    def watch(self, since: int) -> AsyncIterator[Thing]: ...

    @command()
    async def upload(self, things: AsyncIterator[Thing]) -> Thing: ...

    @command()
    def mirror(self, things: AsyncIterator[Thing]) -> AsyncIterator[Thing]: ...


def test_a_contract_is_read_in_declared_order_under_its_wire_names() -> None:
    spec = spec_of(Things)
    assert [method.wire for method in spec.methods.values()] == [
        "GetThing", "Put", "Convert", "Ping", "Watch", "Upload", "Mirror",
    ]  # fmt: skip
    assert (spec.service, spec.package, spec.doc) == ("acme.ThingService", "acme", "Things.\n\nAll of them.")


def test_parameters_become_a_request_message() -> None:
    method = spec_of(Things).methods["convert"]
    assert method.request.__name__ == "ConvertRequest"
    assert method.request.__struct_fields__ == ("from_", "to")
    assert method.request.__struct_encode_fields__ == ("from", "to")
    assert method.request(from_="a").to == "here"  # pyright: ignore


def test_a_sole_message_is_the_request_itself() -> None:
    method = spec_of(Things).methods["put"]
    assert method.sole
    assert method.request is Thing
    assert method.result is None


def test_no_parameters_are_the_contracts_empty_message() -> None:
    assert spec_of(Things).methods["ping"].request is Nothing


def test_streams_are_told_by_their_types() -> None:
    methods = spec_of(Things).methods
    flags = {name: (m.streams_in, m.streams_out) for name, m in methods.items() if m.streams_in or m.streams_out}
    assert flags == {"watch": (False, True), "upload": (True, False), "mirror": (True, True)}
    assert methods["mirror"].request is methods["mirror"].result is Thing


def test_only_what_is_declared_safe_is_retriable() -> None:
    methods = spec_of(Things).methods
    assert [name for name, method in methods.items() if method.retriable] == ["get_thing", "convert", "ping", "watch"]


def test_an_implementation_has_the_spec_of_its_contract() -> None:
    class Answer(Things):
        async def get_thing(self, id: str) -> Thing:
            return Thing(id=id)

    assert spec_of(Answer) is spec_of(Things)


def test_the_service_of_an_unnamed_contract_is_its_home_and_its_name() -> None:
    class Plain(Contract):
        @query()
        async def ping(self) -> Thing: ...

    assert spec_of(Plain).service == "test_spec.Plain"


class Shadows(NotFound):
    status: str  # pyright: ignore


class Wrong(Contract):
    async def unmarked(self) -> Thing: ...

    @query()
    async def returns_text(self) -> str: ...

    @query()
    async def says_nothing(self, id: str): ...

    @query()
    async def untyped(self, id) -> Thing: ...

    @query()
    def plain(self, id: str) -> Thing: ...

    @query()
    async def async_stream(self) -> AsyncIterator[Thing]: ...

    @query()
    async def mixed(self, id: str, things: AsyncIterator[Thing]) -> Thing: ...

    @query(raises=(ValueError,))  # pyright: ignore
    async def raises_what_is_no_failure(self) -> Thing: ...

    @query(raises=(Shadows,))
    async def raises_what_hides(self) -> Thing: ...

    @query(http="GET /things/{name}")
    async def route_names_nothing(self, id: str) -> Thing: ...

    @query()
    async def unreadable(self, id: Missing) -> Thing: ...  # noqa: F821  # pyright: ignore


def test_everything_that_is_wrong_with_a_contract_is_refused_at_once_and_by_name() -> None:
    with pytest.raises(Refused) as refused:
        spec_of(Wrong)
    said = {refusal.member: refusal.says() for refusal in refused.value.refusals}  # pyright: ignore
    assert set(said) == {name for name in vars(Wrong) if not name.startswith("_")}
    assert "neither a query nor a command" in said["unmarked"]
    assert "returns str" in said["returns_text"]
    assert "parameter 'id' without a type" in said["untyped"]
    assert "'status' hides" in said["raises_what_hides"]
    assert "names 'name'" in said["route_names_nothing"]
    assert all(refusal.fix() and refusal.sites[0].line for refusal in refused.value.refusals)


def test_a_contract_without_methods_is_refused() -> None:
    class Bare(Contract):
        pass

    _, refusals = read_contract(Bare)
    assert [refusal.says() for refusal in refusals] == ["Bare has no methods"]
