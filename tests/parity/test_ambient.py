"""Who is calling, the trace and declared metadata travel with a call; nothing else does."""

from __future__ import annotations

import pytest

from app import PermissionDenied, Unauthenticated
from app.ambient import Ambient, using
from app.testing import acting_as

from .echo import TENANT, WEIGHT, Echo
from .relay import Relay

pytestmark = [pytest.mark.topology("all", "loopback-grpc"), pytest.mark.asyncio(loop_scope="module")]

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_the_principal_travels_through_every_call(shared) -> None:
    with acting_as("ann", "clerk", "admin"):
        seen = await shared.get(Relay).see()
    assert (seen.subject, seen.roles) == ("ann", ("admin", "clerk"))


async def test_without_a_principal_nobody_is_there(shared) -> None:
    assert (await shared.get(Echo).see()).subject == ""


async def test_a_method_that_requires_a_role_is_for_those_who_have_it(shared) -> None:
    with acting_as("ann", "admin"):
        assert (await shared.get(Echo).for_admins()).subject == "ann"
    with acting_as("bob", "clerk"), pytest.raises(PermissionDenied):
        await shared.get(Echo).for_admins()
    with pytest.raises(Unauthenticated):
        await shared.get(Echo).for_admins()


async def test_a_method_for_anyone_known_needs_no_role(shared) -> None:
    with acting_as("bob"):
        assert (await shared.get(Echo).for_anyone_known()).subject == "bob"
    with pytest.raises(Unauthenticated):
        await shared.get(Echo).for_anyone_known()


async def test_declared_metadata_travels_with_its_type(shared) -> None:
    with TENANT.set("acme ünï"), WEIGHT.set(42):
        seen = await shared.get(Relay).see()
    assert (seen.tenant, seen.weight) == ("acme ünï", 42)
    assert (await shared.get(Relay).see()).tenant == ""


async def test_a_trace_that_arrived_is_handed_on(shared) -> None:
    with using(Ambient(trace=TRACE)):
        assert (await shared.get(Relay).see()).trace == TRACE
