"""The store of charges on either database, opened by hand, and a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.config.sections import Database as Section
from app.storing.pools import Pools
from modules.currency.contract import Money
from modules.payment.clock import Clock
from modules.payment.contract import CreditCardInfo
from modules.payment.features.charge import ChargeCard
from modules.payment.features.refund import Refund
from modules.payment.storage import ChargeStore

PRICE = Money("USD", 19, 990_000_000)
NUMBER, CVV = "4432-8015-6152-0454", 672


def card(number: str = NUMBER, cvv: int = CVV, year: int = 2039, month: int = 1) -> CreditCardInfo:
    return CreditCardInfo(number, cvv, year, month)


class Stopped(Clock):
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.time = datetime(2026, 8, 31, 23, 59, 59, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Stopped:
    return Stopped()


@pytest.fixture
async def pools(database_url: str, tmp_path: Path) -> AsyncIterator[Pools]:
    pools = Pools(Section(url=database_url, connect_timeout=60.0), tmp_path)
    pools.database("payment")
    await pools.open()
    yield pools
    await pools.close()


@pytest.fixture
def store(pools: Pools) -> ChargeStore:
    return ChargeStore(pools.database("payment"))


@pytest.fixture
def charging(store: ChargeStore, clock: Stopped) -> ChargeCard:
    return ChargeCard(store, clock)


@pytest.fixture
def refunding(store: ChargeStore, clock: Stopped) -> Refund:
    return Refund(store, clock)
