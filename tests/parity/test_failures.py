"""Failures arrive as the class that was raised, fields and all; whatever is not declared says nothing."""

from __future__ import annotations

import pytest

from app import Internal, Unavailable

from .echo import Echo, Limited, NoSuchThing, Point, echo
from .relay import Relay, relay

pytestmark = pytest.mark.topology("all")


async def test_a_declared_failure_arrives_with_its_class_and_fields(test_host) -> None:
    async with test_host(echo) as host:
        with pytest.raises(NoSuchThing) as failed:
            await host.get(Echo).fail("declared")
        assert type(failed.value) is NoSuchThing
        assert (failed.value.id, str(failed.value)) == ("x", "no thing with ID x")


async def test_a_failures_fields_may_be_messages(test_host) -> None:
    async with test_host(echo) as host:
        with pytest.raises(Limited) as failed:
            await host.get(Echo).fail("with rich fields")
        assert failed.value.points == (Point(x=1), Point(x=2, y=3))


async def test_a_failure_below_a_declared_one_arrives_as_the_declared_one(test_host) -> None:
    async with test_host(echo) as host:
        with pytest.raises(NoSuchThing) as failed:
            await host.get(Echo).fail("below a declared one")
        assert type(failed.value) is NoSuchThing
        assert failed.value.id == "g"


@pytest.mark.parametrize("how", ["undeclared", "not a failure", "anything"])
async def test_what_is_not_declared_is_internal_without_its_text(test_host, how: str) -> None:
    async with test_host(echo) as host:
        with pytest.raises(Internal) as failed:
            await host.get(Echo).fail(how)
        assert "secret" not in str(failed.value)
        assert failed.value.__cause__ is None
        assert failed.value.__context__ is None


async def test_a_nested_failure_that_the_relay_declares_passes_through_it(test_host) -> None:
    async with test_host(echo, relay) as host:
        with pytest.raises(NoSuchThing, match="no thing with ID x"):
            await host.get(Relay).fail("declared")


async def test_a_nested_failure_that_the_relay_does_not_declare_is_internal(test_host) -> None:
    async with test_host(echo, relay) as host:
        with pytest.raises(Internal):
            await host.get(Relay).fail("with rich fields")


async def test_unavailable_passes_from_a_nested_call_without_its_text(test_host) -> None:
    async with test_host(echo, relay) as host:
        with pytest.raises(Unavailable) as failed:
            await host.get(Relay).fail("unavailable")
        assert "secret" not in str(failed.value)
