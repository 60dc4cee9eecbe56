"""Payments: charged once under one name, given back once; on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, inspect, select

from app import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied, Unauthenticated, connect
from app.storing.pools import Pools
from app.testing import TestHost, acting_as
from modules.currency.contract import Money
from modules.payment.contract import (
    ChargeRefunded,
    InvalidCharge,
    NoSuchTransaction,
    Payments,
    RequestIdReused,
    request_id,
)
from modules.payment.features.charge import ChargeCard
from modules.payment.features.refund import Refund
from modules.payment.module import module as payment
from modules.payment.storage import charges, metadata

from .conftest import PRICE, Stopped, card


async def charge(charging: ChargeCard, amount: Money = PRICE, name: str | None = None, **typed: Any) -> str:
    if name is None:
        return (await charging.charge(amount, card(**typed))).transaction_id
    with request_id.set(name):
        return (await charging.charge(amount, card(**typed))).transaction_id


async def rows(pools: Pools) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in await pools.database("payment").fetch(select(charges))]


async def test_a_charge_is_noted_with_no_more_of_the_card_than_its_brand_and_last_digits(
    charging: ChargeCard, pools: Pools
) -> None:
    id = await charge(charging, name="r-1")
    assert UUID(id).version == 4
    (row,) = await rows(pools)
    charged_at = row.pop("charged_at").replace(tzinfo=UTC)  # SQLite knows no time zones
    assert charged_at == datetime(2026, 8, 31, 23, 59, 59, tzinfo=UTC)
    assert row == {
        "transaction_id": id, "request_id": "r-1", "currency_code": "USD", "units": 19, "nanos": 990_000_000,
        "brand": "visa", "last_four": "0454", "refund_id": None, "refunded_at": None,
    }  # fmt: skip


async def test_without_a_name_every_charge_is_another(charging: ChargeCard, pools: Pools) -> None:
    assert await charge(charging) != await charge(charging)
    assert len(await rows(pools)) == 2


@pytest.mark.parametrize("amount", [Money("JPY"), Money("KWD", 0, 1), Money("USD", 2**63 - 1, 999_999_999)])
async def test_the_smallest_and_the_largest_amounts_can_be_charged(amount: Money, charging: ChargeCard) -> None:
    assert await charge(charging, amount, "r-1") == await charge(charging, amount, "r-1")


async def test_under_one_name_it_is_charged_once(charging: ChargeCard, pools: Pools) -> None:
    assert await charge(charging, name="r-1") == await charge(charging, name="r-1")
    assert await charge(charging, name="R-1") != await charge(charging, name="r-1")
    assert len(await rows(pools)) == 2


async def test_under_one_name_it_is_charged_once_however_many_ask_at_once(charging: ChargeCard, pools: Pools) -> None:
    ids = await asyncio.gather(*(charge(charging, name="r-1") for _ in range(30)))
    assert len(set(ids)) == 1
    assert len(await rows(pools)) == 1


async def test_of_two_amounts_under_one_name_at_once_one_is_charged(charging: ChargeCard, pools: Pools) -> None:
    both = [charge(charging, Money("USD", 1 + number % 2), "r-1") for number in range(20)]
    answers = await asyncio.gather(*both, return_exceptions=True)
    assert len({answer for answer in answers if isinstance(answer, str)}) == 1
    assert sum(isinstance(answer, RequestIdReused) for answer in answers) == 10
    assert len(await rows(pools)) == 1


@pytest.mark.parametrize("amount", [Money("USD", 19, 990_000_001), Money("USD", 20), Money("EUR", 19, 990_000_000)])
async def test_another_amount_under_the_same_name_is_refused(amount: Money, charging: ChargeCard, pools: Pools) -> None:
    await charge(charging, name="r-1")
    with pytest.raises(RequestIdReused) as failure:
        await charge(charging, amount, "r-1")
    assert isinstance(failure.value, InvalidArgument)
    assert failure.value.text == "request_id was used before for another amount"
    assert len(await rows(pools)) == 1


async def test_a_repetition_is_answered_although_the_card_has_expired_since(
    charging: ChargeCard, clock: Stopped
) -> None:
    id = await charge(charging, name="r-1", year=2026, month=8)
    clock.time = datetime(2026, 9, 1, tzinfo=UTC)
    assert await charge(charging, name="r-1", year=2026, month=8) == id
    with pytest.raises(InvalidCharge, match=r"^Your credit card \(ending 0454\) expired on 8/2026$"):
        await charge(charging, name="r-2", year=2026, month=8)


async def test_a_refused_card_leaves_the_name_free(charging: ChargeCard, pools: Pools) -> None:
    with pytest.raises(InvalidCharge, match=r"^Credit card info is invalid$"):
        await charge(charging, name="r-1", number="4432801561520455")
    assert not await rows(pools)
    assert await charge(charging, name="r-1")


@pytest.mark.parametrize("name", ["", "r" * 201, "a\0b", "a\nb", "\x1b[2J", "\ud800", "\u202e"])
async def test_a_name_that_no_database_keeps_is_refused_by_field(name: str, charging: ChargeCard, pools: Pools) -> None:
    with pytest.raises(InvalidCharge) as failure:
        await charge(charging, name=name)
    assert failure.value.field == "request_id"
    assert failure.value.text == "request_id must be 1 to 200 characters that can be printed"
    assert not await rows(pools)


@pytest.mark.parametrize("name", ["r" * 200, "'; DROP TABLE charges; --", "<b>ключ</b> 🔑"])
async def test_names_of_any_letters_are_kept_as_they_are(name: str, charging: ChargeCard) -> None:
    assert await charge(charging, name=name) == await charge(charging, name=name)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Money("USD", -1), "amount.units must not be negative, and is -1"),
        (Money("USD", -(2**63), -999_999_999), "amount.units must not be negative, and is -9223372036854775808"),
        (Money("USD", 0, -1), "amount.nanos must not be negative, and is -1"),
        (Money("USD", 1, -1), "amount.nanos must have the sign of units, and is -1"),
        (Money("USD", 0, 1_000_000_000), "amount.nanos must lie within ±999999999, and is 1000000000"),
        (Money("USD", 0, -(2**31)), "amount.nanos must lie within ±999999999, and is -2147483648"),
        *((Money(code, 1), "amount.currency_code must be three capital letters, such as USD")
          for code in ("", "usd", "US", "USDX", "US1", "ÜSD", "USD\n", "\0\0\0", "X" * 100_000)),
    ],
)  # fmt: skip
async def test_an_amount_that_cannot_be_charged_is_refused_by_name(
    amount: Money, words: str, charging: ChargeCard, pools: Pools
) -> None:
    with pytest.raises(InvalidCharge) as failure:
        await charge(charging, amount)
    assert (failure.value.field, failure.value.text) == (words.split()[0], words)
    assert not await rows(pools)


async def test_a_refund_is_made_once_however_often_it_is_asked_for(
    charging: ChargeCard, refunding: Refund, clock: Stopped, pools: Pools
) -> None:
    id = await charge(charging)
    first = await refunding.refund(id)
    assert UUID(first.refund_id).version == 4
    clock.time = datetime(2027, 1, 1, tzinfo=UTC)
    assert await refunding.refund(id) == first
    (row,) = await rows(pools)
    assert row["refund_id"] == first.refund_id
    assert row["refunded_at"].replace(tzinfo=UTC) == datetime(2026, 8, 31, 23, 59, 59, tzinfo=UTC)


async def test_refunds_that_are_asked_for_at_once_are_one(charging: ChargeCard, refunding: Refund) -> None:
    id = await charge(charging)
    assert len({answer.refund_id for answer in await asyncio.gather(*(refunding.refund(id) for _ in range(30)))}) == 1


async def test_whoever_asks_from_outside_is_told_what_was_charged_and_gets_nothing_back() -> None:
    async with TestHost(payment, edges=True) as host, connect(Payments, host.grpc) as outside:
        with request_id.set("an order's id, which its shopper knows"):
            id = (await outside.charge(PRICE, card())).transaction_id
        with pytest.raises(Unauthenticated):
            await outside.refund(id)
        for shopper in (acting_as("ann"), acting_as("checkout", "shopper")):
            with shopper, pytest.raises(PermissionDenied):
                await host.get(Payments).refund(id)


async def test_a_refund_leaves_other_charges_alone(charging: ChargeCard, refunding: Refund, pools: Pools) -> None:
    kept, gone = await charge(charging), await charge(charging)
    await refunding.refund(gone)
    assert {row["transaction_id"]: row["refund_id"] is None for row in await rows(pools)} == {kept: True, gone: False}


async def test_a_charge_that_was_given_back_is_not_answered_as_paid(charging: ChargeCard, refunding: Refund) -> None:
    id = await charge(charging, name="r-1")
    await refunding.refund(id)
    with pytest.raises(ChargeRefunded) as failure:
        await charge(charging, name="r-1")
    assert isinstance(failure.value, FailedPrecondition)
    assert failure.value.text == f"transaction {id} was refunded"


@pytest.mark.parametrize(
    ("id", "said"),
    [
        ("", ""),
        ("00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000000"),
        ("' OR ''='", "' OR ''='"),
        ("a\0b", "a\0b"),
        ("\ud800", "\ud800"),
        ("x" * 100_000, f"{'x' * 200}…"),
    ],
)
async def test_what_was_never_charged_cannot_be_given_back(
    id: str, said: str, charging: ChargeCard, refunding: Refund, pools: Pools
) -> None:
    await charge(charging)
    with pytest.raises(NoSuchTransaction) as failure:
        await refunding.refund(id)
    assert isinstance(failure.value, NotFound)
    assert failure.value.text == f"no transaction with ID {said}"
    assert (await pools.database("payment").fetch(select(func.count(charges.c.refund_id))))[0][0] == 0


async def test_a_charge_outlives_its_host(charging: ChargeCard, pools: Pools) -> None:
    id = await charge(charging, name="r-1")
    await pools.close()
    await pools.open()
    assert await charge(charging, name="r-1") == id


async def test_the_migrations_make_the_tables_that_the_code_uses(pools: Pools) -> None:
    async with pools.database("payment").transaction() as tx:
        made = await tx.run_sync(lambda connection: {
            table: {column["name"] for column in inspect(connection).get_columns(table)} for table in metadata.tables
        })  # fmt: skip
    assert made == {name: set(table.columns.keys()) for name, table in metadata.tables.items()}
