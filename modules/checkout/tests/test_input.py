"""Bad input: refused by the name of its field before anybody is asked anything."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from modules.checkout.contract import InvalidOrder
from modules.checkout.domain import check_card, check_key, new_order_id, order_request
from modules.payment.contract import CreditCardInfo
from modules.shipping.contract import Address

from .conftest import Shop
from .neighbours import ADDRESS, CARD, EMAIL, NUMBER

HOSTILE = ["a\0b", "a\nb", "\x1b[31m", "a\x85", "a\u2028", "\ud800"]
TEXTS = {"street_address": 512, "city": 128, "state": 128, "country": 128}


def _with(**fields: Any) -> Address:
    return msgspec.structs.replace(ADDRESS, **fields)


def _refused(field: str, **given: Any) -> str:
    whole: dict[str, Any] = {"user_id": "ann", "currency": "EUR", "address": ADDRESS, "email": EMAIL, **given}
    with pytest.raises(InvalidOrder) as failure:
        order_request(**whole)
    assert failure.value.field == field
    failure.value.text.encode()
    return failure.value.why


@pytest.mark.parametrize("field", TEXTS)
def test_each_line_of_the_address_is_needed_and_bounded(field: str) -> None:
    longest = TEXTS[field]
    assert order_request("ann", "EUR", _with(**{field: "ü" * longest}), EMAIL)
    assert _refused(f"address.{field}", address=_with(**{field: "x" * (longest + 1)})).startswith("must be at most")
    for nothing in ("", "   ", "\t"):
        assert _refused(f"address.{field}", address=_with(**{field: nothing})) == "is missing"
    for hostile in HOSTILE:
        assert "one line of text" in _refused(f"address.{field}", address=_with(**{field: hostile}))


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "'; DROP TABLE placements; --", "Łódź", "北京市", "🏠 7b"]
)
def test_texts_of_any_letters_are_an_address(text: str) -> None:
    assert order_request("ann", "EUR", _with(street_address=text, city=text), EMAIL).address.city == text


@pytest.mark.parametrize("zip_code", [0, -1, 2**31])
def test_a_zip_code_is_positive(zip_code: int) -> None:
    _refused("address.zip_code", address=_with(zip_code=zip_code))


@pytest.mark.parametrize(
    "email", ["", "someone", "@example.com", "a@b c", "a@" + "b" * 300, "a\n@b.c", "a@b.c\0", "é@b.c"]
)
def test_an_email_is_an_address(email: str) -> None:
    _refused("email", email=email)


@pytest.mark.parametrize("code", ["eur", "EU", "EURO", "€", "E\0R", "' OR", "\ud800\ud800\ud800", "EUR\n"])
def test_a_currency_is_three_capital_letters(code: str) -> None:
    _refused("user_currency", currency=code)


@pytest.mark.parametrize("user_id", ["", " ", "x" * 201, *HOSTILE])
def test_a_user_has_an_id(user_id: str) -> None:
    _refused("user_id", user_id=user_id)


CARDS = [
    (
        "credit_card_number",
        ["", " ", "abcd", "4432-8015-6152-045x", "4" * 40, "４４３２", "4432\n8015", "-1", "\ud800"],
    ),
    ("credit_card_cvv", [0, -1, 10_000, 2**31 - 1]),
    ("credit_card_expiration_month", [0, 13, -1, 2**31 - 1]),
    ("credit_card_expiration_year", [0, -1, 10_000, 2**31 - 1]),
]


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in CARDS for value in values])
def test_a_card_has_the_shape_of_one_and_is_not_repeated(field: str, value: Any) -> None:
    with pytest.raises(InvalidOrder) as failure:
        check_card(msgspec.structs.replace(CARD, **{field: value}))
    assert failure.value.field == f"credit_card.{field}"
    assert NUMBER not in failure.value.text
    if len(str(value)) > 4:
        assert str(value) not in failure.value.text


def test_blanks_and_hyphens_in_a_number_do_not_count() -> None:
    for number in ("4432 8015 6152 0454", "4432801561520454", NUMBER):
        check_card(CreditCardInfo(number, 672, 2039, 12))


@pytest.mark.parametrize("key", ["", "x" * 201, "a\nb", "a\0", "\ud800", "\x7f"])
def test_a_key_is_short_and_printable(key: str) -> None:
    with pytest.raises(InvalidOrder, match=r"^request_id must be 1 to 200 printable characters$"):
        check_key(key)


@pytest.mark.parametrize("key", [None, "k", "x" * 200, "a b", "ключ", "🔑", "'; --"])
async def test_any_other_key_is_one(key: str | None, shop: Shop) -> None:
    assert await shop.place(key)


async def test_a_currency_that_nobody_converts_is_refused_by_name(shop: Shop) -> None:
    with pytest.raises(InvalidOrder, match=r"^user_currency must be a currency that can be paid in, and is XXX"):
        await shop.place(currency="XXX")
    assert set(shop.world.calls) <= {"get_supported_currencies", "get_cart"}


async def test_nobody_is_asked_about_what_is_wrong(shop: Shop) -> None:
    for given in ({"email": "x"}, {"user_id": ""}, {"currency": "eur"}, {"key": ""}):
        with pytest.raises(InvalidOrder):
            await shop.place(**given)  # type: ignore[arg-type]
    assert shop.world.calls == []


def test_ids_are_told_apart_and_are_of_version_1() -> None:
    ids = {new_order_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(id[14] == "1" for id in ids)
