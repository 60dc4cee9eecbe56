"""Failures arrive as the class that was raised, fields and all; whatever is not declared says nothing."""

from __future__ import annotations

import pytest

from app import Internal, Unavailable

from .echo import Echo, Limited, NoSuchThing, Point
from .relay import Relay

pytestmark = [pytest.mark.topology("all", "loopback-grpc"), pytest.mark.asyncio(loop_scope="module")]


async def test_a_declared_failure_arrives_with_its_class_and_fields(shared) -> None:
    with pytest.raises(NoSuchThing) as failed:
        await shared.get(Echo).fail("declared")
    assert type(failed.value) is NoSuchThing
    assert (failed.value.id, str(failed.value)) == ("x", "no thing with ID x")


async def test_a_failures_fields_may_be_messages(shared) -> None:
    with pytest.raises(Limited) as failed:
        await shared.get(Echo).fail("with rich fields")
    assert failed.value.points == (Point(x=1), Point(x=2, y=3))


async def test_a_failure_below_a_declared_one_arrives_as_the_declared_one(shared) -> None:
    with pytest.raises(NoSuchThing) as failed:
        await shared.get(Echo).fail("below a declared one")
    assert type(failed.value) is NoSuchThing
    assert failed.value.id == "g"


@pytest.mark.parametrize("how", ["undeclared", "not a failure", "anything"])
async def test_what_is_not_declared_is_internal_without_its_text(shared, how: str) -> None:
    with pytest.raises(Internal) as failed:
        await shared.get(Echo).fail(how)
    assert "secret" not in str(failed.value)
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None


async def test_a_nested_failure_that_the_relay_declares_passes_through_it(shared) -> None:
    with pytest.raises(NoSuchThing, match="no thing with ID x"):
        await shared.get(Relay).fail("declared")


async def test_a_nested_failure_that_the_relay_does_not_declare_is_internal(shared) -> None:
    with pytest.raises(Internal):
        await shared.get(Relay).fail("with rich fields")


async def test_unavailable_passes_from_a_nested_call_without_its_text(shared) -> None:
    with pytest.raises(Unavailable) as failed:
        await shared.get(Relay).fail("unavailable")
    assert "secret" not in str(failed.value)
