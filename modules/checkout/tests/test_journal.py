"""A database that goes away in the middle of an order: what was done is written down when it is back, or told."""

from __future__ import annotations

from typing import Any

import pytest

from app import Database, DatabaseUnavailable
from modules.checkout.clock import Bell, Clock
from modules.checkout.closing import Closing
from modules.checkout.fulfilment import Fulfilment
from modules.checkout.journal import Journal
from modules.checkout.placement import Placement
from modules.checkout.settings import CheckoutSettings
from modules.checkout.storage import Placements, Superseded

from .conftest import HandClock, Shop
from .neighbours import CARD, FakePayments, FakeShipping
from .test_foreign import Foreign, SpyLog


class Flaky(Placements):
    """Loses the database for some writes."""

    lost = 0

    async def write(self, placement: Placement, now: float) -> None:
        if self.lost:
            self.lost -= 1
            raise DatabaseUnavailable()
        await super().write(placement, now)


class Impatient(HandClock):
    """Lets no time pass but what is waited for."""

    async def pause(self, seconds: float, bell: Bell | None = None) -> None:
        self.advance(seconds)


def _fulfilment(shop: Shop, placements: Placements, log: Any) -> Fulfilment:
    clock: Clock = Impatient()
    journal = Journal(placements, clock, Bell(), CheckoutSettings())
    closing = shop.hosts[0].get(Closing, "checkout")
    return Fulfilment(FakePayments(shop.world), FakeShipping(shop.world), closing, journal, CheckoutSettings(), log)


async def test_a_charge_is_written_down_when_the_database_is_back(shop: Shop) -> None:
    placements = Flaky(shop.hosts[0].get(Database, "checkout"))
    placements.lost = 7
    await _fulfilment(shop, placements, SpyLog()).place(await Foreign(shop).begin(), CARD)
    row = (await shop.rows())[0]
    assert (row.state, row.transaction_id) == ("placed", "tx-1")
    assert shop.world.counts["charge"] == 1


async def test_a_charge_that_cannot_be_written_down_is_told_with_its_transaction(shop: Shop) -> None:
    placements = Flaky(shop.hosts[0].get(Database, "checkout"))
    placements.lost = 10_000
    log = SpyLog()
    with pytest.raises(DatabaseUnavailable):
        await _fulfilment(shop, placements, log).place(await Foreign(shop).begin(), CARD)
    level, event, fields = log.lines[-1]
    assert (level, event, fields["transaction_id"]) == ("error", "a charge could not be written down", "tx-1")
    assert shop.world.parcels == 0
    assert await shop.states() == ["charging"]  # and so the same key finds the charge again


async def test_whoever_was_superseded_writes_nothing(shop: Shop) -> None:
    placements = Placements(shop.hosts[0].get(Database, "checkout"))
    mine = await Foreign(shop).begin()
    theirs = await placements.take_over(mine, mine.lease_until, mine.lease_until + 1)
    assert theirs is not None
    assert theirs.attempt == 2
    for write in (placements.write(mine, 1.0), placements.forget(mine)):
        with pytest.raises(Superseded):
            await write
    await placements.write(theirs, 1.0)
