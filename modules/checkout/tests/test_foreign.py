"""Payment and shipping by services that others have written: their kinds and words are theirs, and so are their gaps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app import Failure, InvalidArgument, NotFound, Unavailable, Unimplemented, Unknown
from modules.cart.contract import CartItem
from modules.checkout.closing import Closing
from modules.checkout.contract import ChargeFailed, ChargeRefused, ShippingFailed
from modules.checkout.fulfilment import Fulfilment
from modules.checkout.journal import Journal
from modules.checkout.placement import Draft, Placement
from modules.checkout.settings import CheckoutSettings
from modules.currency.contract import Money
from modules.orders.contract import OrderItem, OrderResult
from modules.payment.contract import ChargeRefunded, RequestIdReused

from .conftest import Shop
from .neighbours import ADDRESS, CARD, CVV, EMAIL, NUMBER, FakePayments, FakeShipping


class SpyLog:
    def __init__(self) -> None:
        self.lines: list[tuple[str, str, dict[str, Any]]] = []

    def warning(self, event: str, **fields: Any) -> None:
        self.lines.append(("warning", event, fields))

    def error(self, event: str, **fields: Any) -> None:
        self.lines.append(("error", event, fields))


class Foreign:
    """A fulfilment whose payment and shipping fail as they like: nothing stands between."""

    def __init__(self, shop: Shop) -> None:
        host = shop.hosts[0]
        self.log = SpyLog()
        self._journal = host.get(Journal, "checkout")
        log: Any = self.log
        self._fulfilment = Fulfilment(FakePayments(shop.world), FakeShipping(shop.world),
                                      host.get(Closing, "checkout"), self._journal, CheckoutSettings(), log)  # fmt: skip

    async def begin(self) -> Placement:
        line = OrderItem(CartItem("mug", 1), Money("USD", 8))
        order = OrderResult("o-1", "", Money("USD", 1), ADDRESS, (line,))
        draft = Draft("ann", EMAIL, datetime(2030, 1, 1, tzinfo=UTC), Money("USD", 9), order)
        placement = await self._journal.begin("k-1", "print", draft)
        assert placement is not None
        return placement

    async def place(self) -> OrderResult:
        return await self._fulfilment.place(await self.begin(), CARD)


@pytest.fixture
def foreign(shop: Shop) -> Foreign:
    return Foreign(shop)


@pytest.mark.parametrize(
    "error",
    [
        InvalidArgument("Credit card info is invalid"),
        Unknown("Sorry, we cannot process amex credit cards. Only VISA or MasterCard is accepted."),
        Unknown("Your credit card (ending 0454) expired on 1/2020"),
    ],
)
async def test_a_card_that_is_refused_in_the_originals_words_was_not_charged(
    error: Failure, foreign: Foreign, shop: Shop
) -> None:
    shop.world.failing["charge"] = error
    with pytest.raises(ChargeRefused) as failure:
        await foreign.place()
    assert failure.value == ChargeRefused("credit_card", error.text)
    assert failure.value.text == f"failed to charge card: could not charge the card: {error.text}"
    assert await shop.rows() == []


@pytest.mark.parametrize("error", [Unavailable("gone"), Unknown("oops"), RequestIdReused(), ValueError("odd")])
async def test_whatever_else_goes_wrong_may_have_been_a_charge_and_is_kept(
    error: Exception, foreign: Foreign, shop: Shop
) -> None:
    shop.world.failing["charge"] = error
    with pytest.raises(ChargeFailed):
        await foreign.place()
    assert await shop.states() == ["charging"]
    assert foreign.log.lines[0][:2] == ("warning", "a card may be charged or not")


async def test_a_charge_that_was_given_back_meanwhile_is_none(foreign: Foreign, shop: Shop) -> None:
    shop.world.failing["charge"] = ChargeRefunded("tx-9")
    with pytest.raises(ChargeFailed, match="transaction tx-9 was refunded"):
        await foreign.place()
    row = (await shop.rows())[0]
    assert (row.state, row.key, row.open) == ("refunded", None, False)


@pytest.mark.parametrize(
    "words",
    [f"bad card {NUMBER}", f"bad card {NUMBER.replace('-', ' ')} !", "4432801561520454", f"cvv {CVV} is wrong",
     f"cvv 0{CVV}"],
)  # fmt: skip
async def test_what_repeats_the_card_is_not_repeated(words: str, foreign: Foreign, shop: Shop) -> None:
    shop.world.failing["charge"] = InvalidArgument(words)
    with pytest.raises(ChargeRefused) as failure:
        await foreign.place()
    assert failure.value.why == "the card was not accepted"


async def test_long_and_odd_words_are_said_short_and_plain(foreign: Foreign, shop: Shop) -> None:
    shop.world.failing["ship_order"] = Unavailable("a\0b\nc\ud800" + "x" * 10_000)
    with pytest.raises(ShippingFailed) as failure:
        await foreign.place()
    assert failure.value.why.startswith("a�b�c�xxx")
    assert len(failure.value.why) == 201


@pytest.mark.parametrize("error", [Unimplemented(), NotFound("no such transaction")])
async def test_a_service_that_gives_nothing_back_is_told_with_the_transaction_and_asked_no_more(
    error: Failure, foreign: Foreign, shop: Shop
) -> None:
    shop.world.failing = {"ship_order": Unavailable(), "refund": error}
    with pytest.raises(ShippingFailed):
        await foreign.place()
    level, event, fields = foreign.log.lines[-1]
    assert (level, event) == ("error", "a charge must be given back by hand")
    assert (fields["transaction_id"], fields["order_id"], fields["total"]) == ("tx-1", "o-1", "9.000000000 USD")
    row = (await shop.rows())[0]
    assert (row.state, row.refund_owed, row.open) == ("unrefundable", True, False)
