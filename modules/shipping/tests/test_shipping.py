"""Shipping: what it costs, where it goes, and how parcels are named."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import InvalidArgument, Refused
from app.testing import TestHost
from modules.cart.contract import CartItem
from modules.currency.contract import Money
from modules.shipping.contract import Address, GetQuoteResponse, InvalidShipment, Shipping
from modules.shipping.domain import Tariff, tracking_id
from modules.shipping.features.get_quote import GetQuote
from modules.shipping.features.ship_order import ShipOrder
from modules.shipping.module import module as shipping
from modules.shipping.settings import ShippingSettings

HOME = Address("1600 Amphitheatre Parkway", "Mountain View", "CA", "United States", 94043)
FREE, FLAT = GetQuoteResponse(Money("USD")), GetQuoteResponse(Money("USD", 8, 990_000_000))
QUOTE = GetQuote(Tariff(ShippingSettings()))
SHIP = ShipOrder(Tariff(ShippingSettings()), Random(7))


def items(*quantities: int) -> tuple[CartItem, ...]:
    return tuple(CartItem(f"p{number}", quantity) for number, quantity in enumerate(quantities))


@pytest.mark.parametrize(
    ("quantities", "answer"),
    [((), FREE), ((0,), FREE), ((0, 0), FREE), ((1,), FLAT), ((0, 3), FLAT), ((1000,) * 9, FLAT)],
)
@pytest.mark.parametrize("address", [None, Address(), HOME])
async def test_anything_costs_the_flat_rate_and_nothing_is_free_wherever_it_goes(
    quantities: tuple[int, ...], answer: GetQuoteResponse, address: Address | None
) -> None:
    assert await QUOTE.get_quote(address, items(*quantities)) == answer


async def test_a_quote_may_be_asked_for_with_nothing_at_all() -> None:
    assert await QUOTE.get_quote() == FREE


@pytest.mark.parametrize(
    ("rate", "cost"),
    [("0", Money("USD")), ("12", Money("USD", 12)), ("0.000000001", Money("USD", 0, 1)), ("5.5", Money("USD", 5, 500_000_000))],
)  # fmt: skip
async def test_the_rate_that_is_set_is_meant_exactly(rate: str, cost: Money) -> None:
    answer = await GetQuote(Tariff(ShippingSettings(flat_rate=rate))).get_quote(None, items(1))
    assert answer.cost_usd == cost


@pytest.mark.parametrize("rate", ["", "free", "-1", "1e3", "1.0000000001", "8,99", " 8.99", "8.99\n9"])
async def test_a_rate_that_is_none_is_refused_before_anything_starts(rate: str) -> None:
    with pytest.raises(Refused, match="flat_rate"):
        async with TestHost(shipping, settings={"modules.shipping.flat_rate": rate}):
            pass


@pytest.mark.parametrize(
    ("quantities", "words"),
    [
        ((-1,), "items[0].quantity must not be negative, and is -1"),
        ((2, -(2**31)), "items[1].quantity must not be negative, and is -2147483648"),
        ((1, 2**31 - 1), "items[1].quantity makes it 2147483648 pieces, and 1000000 can be sent at once"),
    ],
)
async def test_quantities_that_are_none_are_refused_by_name(quantities: tuple[int, ...], words: str) -> None:
    for call in (QUOTE.get_quote(HOME, items(*quantities)), SHIP.ship_order(HOME, items(*quantities))):
        with pytest.raises(InvalidShipment) as failure:
            await call
        assert isinstance(failure.value, InvalidArgument)
        assert failure.value.text == words


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (Address("Muffin Man", "London", "", "England"), r"^[A-Y]{2}-20[0-9]{3}-10[0-9]{7}$"),
        (HOME, r"^[A-Y]{2}-44[0-9]{3}-22[0-9]{7}$"),
        (Address("ü", "ü", "ü", "ü"), r"^[A-Y]{2}-10[0-9]{3}-5[0-9]{7}$"),
    ],
)
async def test_a_tracking_id_tells_the_bytes_of_street_city_and_state(address: Address, words: str) -> None:
    for _ in range(200):
        assert re.search(words, (await SHIP.ship_order(address, items(1))).tracking_id)


def test_the_same_randomness_makes_the_same_tracking_id_and_other_randomness_another() -> None:
    assert tracking_id(HOME, Random(1)) == tracking_id(HOME, Random(1))
    made = Random(1)
    assert len({tracking_id(HOME, made) for _ in range(1000)}) == 1000


def test_all_letters_but_z_begin_tracking_ids() -> None:
    made = Random(3)
    letters = {letter for _ in range(1000) for letter in tracking_id(HOME, made)[:2]}
    assert letters == set("ABCDEFGHIJKLMNOPQRSTUVWXY")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (Address(), "address.street_address is missing"),
        (Address(" \t ", "b", "c", "d"), "address.street_address is missing"),
        (Address("a", "", "c", "d"), "address.city is missing"),
        (Address("a", "b", "c", ""), "address.country is missing"),
        (Address("a" * 513, "b", "c", "d"), "address.street_address must be at most 512 characters, and has 513"),
        (Address("a", "b" * 129, "c", "d"), "address.city must be at most 128 characters, and has 129"),
        (Address("a", "b", "c" * 129, "d"), "address.state must be at most 128 characters, and has 129"),
        (Address("a", "b", "c", "d" * 100_000), "address.country must be at most 128 characters, and has 100000"),
        (Address("a\0", "b", "c", "d"), "address.street_address must be one line of text, without control characters"),
        (Address("a", "b\r\nb", "c", "d"), "address.city must be one line of text, without control characters"),
        (Address("a", "b", "\x1b[2J", "d"), "address.state must be one line of text, without control characters"),
        (Address("a", "b", "c", "\ud800"), "address.country must be one line of text, without control characters"),
        (Address("a", "b", "c", "d\u2028"), "address.country must be one line of text, without control characters"),
        (Address("a", "b", "c", "d", -1), "address.zip_code must not be negative, and is -1"),
    ],
)
async def test_an_address_where_no_parcel_arrives_is_refused_by_name(address: Address, words: str) -> None:
    with pytest.raises(InvalidShipment) as failure:
        await SHIP.ship_order(address, items(1))
    assert failure.value.text == words
    assert failure.value.field == words.split()[0]


@pytest.mark.parametrize(
    ("address", "field"), [(Address(city="b" * 129), "city"), (Address(state="\x07"), "state"), (Address(zip_code=-5), "zip_code")]
)  # fmt: skip
async def test_a_quote_refuses_what_is_said_of_an_address_and_cannot_be(address: Address, field: str) -> None:
    with pytest.raises(InvalidShipment) as failure:
        await QUOTE.get_quote(address, items(1))
    assert failure.value.field == f"address.{field}"


@pytest.mark.parametrize(
    "street", ["<script>alert(1)</script>", "'; DROP TABLE parcels; --", "東京都千代田区1\u30002", "{0}%s$x"]
)
async def test_an_address_of_any_letters_is_one(street: str) -> None:
    length = len(f"{street}, b, c".encode())
    assert f"-{length}" in (await SHIP.ship_order(Address(street, "b", "c", "d"))).tracking_id


@given(st.builds(Address, *[st.text(max_size=600)] * 4, st.integers(-(2**31), 2**31 - 1)))
async def test_any_address_gets_a_parcel_or_one_clear_refusal(address: Address) -> None:
    try:
        answer = await SHIP.ship_order(address, items(1))
    except InvalidShipment as failure:
        assert failure.field.startswith("address.")
    else:
        assert re.fullmatch(r"[A-Z]{2}-\d+-\d+", answer.tracking_id)


@pytest.mark.topology("all")
async def test_it_is_answered_wherever_the_module_runs(test_host: Callable[..., TestHost]) -> None:
    async with test_host(shipping) as host:
        caller = host.get(Shipping)
        assert await caller.get_quote(None, items(2)) == FLAT
        assert (
            len((await caller.ship_order(Address("Muffin Man", "London", "", "England"), items(1))).tracking_id) == 18
        )
        with pytest.raises(InvalidShipment, match="city is missing"):
            await caller.ship_order(Address("a"), items(1))
