"""What of a card is nowhere: its number and its security code, in whatever was kept, said or answered."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import grpc
import grpc.aio
import pytest

from app import Internal, NotFound, connect
from app.observing.logs import Logs
from app.testing import TestHost, acting_as
from modules.accounts.contract import ADMIN
from modules.currency.contract import Money
from modules.payment.cards import Payer
from modules.payment.contract import CASHIER, InvalidCharge, Payments, request_id
from modules.payment.module import module as payment
from modules.payment.storage import Charge, ChargeStore

from .conftest import PRICE, card

NUMBER, CVV = "4556737586899855", 8461
SECRETS = (NUMBER, "4556-7375-8689-9855", "4556 7375 8689 9855", "45567375", "7375-8689")
# A code of four digits stands in many an id by chance; as a number of its own, next to no letter or other digit, in none.
CODE = re.compile(rb"(?<![0-9A-Za-z.])(?<![0-9a-f]-)%d0?(?![0-9A-Za-z]|-[0-9a-f])" % CVV)
TYPED = (
    card("4556-7375-8689-9855", CVV),
    card("4556 7375 8689 9855", CVV, year=2020),
    card(NUMBER, CVV, month=13),
    card(NUMBER, -CVV),
    card(NUMBER, CVV * 10),
    card(f"{NUMBER}0", CVV),
    card(f"{NUMBER}<b>", CVV),
)


class Broken(ChargeStore):
    """Falls over with everything that it was told at hand."""

    async def add(self, amount: Money, payer: Payer, request_id: str | None, now: datetime) -> Charge:
        raise RuntimeError(f"no room for {payer} {amount} {request_id}")


def hidden_in(text: str | bytes) -> bool:
    data = text.encode() if isinstance(text, str) else text
    return CODE.search(data) is None and not any(secret.encode() in data for secret in SECRETS)


def lines_of(host: TestHost) -> str:
    """Everything that the host said, as its log says it and as it is."""
    out = io.BytesIO()
    logs = Logs(format="json", stream=out, level="debug")
    for step in host.steps:
        logs(step)
    return out.getvalue().decode() + repr(host.steps)


def files_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_a_card_is_in_no_answer_no_log_and_no_file(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "sqlalchemy.engine")
    answers: list[str] = []
    async with TestHost(payment, settings={"database.url": database_url}, edges=True) as host:
        async with connect(Payments, host.grpc) as far:
            for number, (caller, typed) in enumerate(
                (caller, typed) for caller in (host.get(Payments), far) for typed in TYPED
            ):
                try:
                    with request_id.set(f"r-{number}"):
                        answers.append(repr(await caller.charge(PRICE, typed)))
                except InvalidCharge as failure:
                    answers += [failure.text, repr(failure), failure.field]
        said = lines_of(host)
    assert sum(answer.startswith("ChargeResponse") for answer in answers) == 2
    assert hidden_in("".join(answers))
    assert hidden_in(said)
    assert "INSERT INTO charges" in caplog.text
    assert hidden_in(caplog.text)
    assert hidden_in("".join(capfd.readouterr()))
    kept = files_in(tmp_path)
    assert hidden_in(kept)
    assert "postgresql" in database_url or b"9855" in kept


async def test_a_card_is_not_in_what_is_told_of_a_charge_that_broke(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with TestHost(payment, edges=True).replace(ChargeStore, by=Broken) as host:
        async with connect(Payments, host.grpc) as far:
            for caller in (host.get(Payments), far):
                with pytest.raises(Internal) as failure:
                    await caller.charge(PRICE, card(NUMBER, CVV))
                assert hidden_in(repr(failure.value) + failure.value.text)
        said = lines_of(host)
    assert "no room for" in said
    assert hidden_in(said + caplog.text + "".join(capfd.readouterr()))


@pytest.mark.parametrize("shown", [str(CVV), f"-{CVV}", f"cvv={CVV}0,", f"'{CVV}'", f"\0{CVV}\n", f"Card({NUMBER!r})"])
def test_a_card_that_was_told_would_be_found(shown: str) -> None:
    assert not hidden_in(f"a charge of {shown} for ann")


def test_an_id_that_has_the_same_digits_is_no_card() -> None:
    assert hidden_in(f"id='75fe393c-{CVV}-4e4e-a049-0{CVV}7d{CVV}' for 0.{CVV} s at 12:00:00.{CVV}")


def test_a_card_shows_neither_its_number_nor_its_code() -> None:
    assert hidden_in(f"{card(NUMBER, CVV)} {card(NUMBER, CVV)!r}")


@pytest.mark.topology("all")
async def test_it_is_answered_wherever_the_module_runs(test_host: Callable[..., TestHost]) -> None:
    async with test_host(payment) as host:
        caller = host.get(Payments)
        with request_id.set("r-1"):
            first = await caller.charge(PRICE, card())
            assert await caller.charge(PRICE, card()) == first
        with acting_as("checkout", CASHIER):
            assert await caller.refund(first.transaction_id) == await caller.refund(first.transaction_id)
        with pytest.raises(InvalidCharge) as failure:
            await caller.charge(PRICE, card(NUMBER, year=2020))
        assert failure.value.field == "credit_card.credit_card_expiration_year"
        assert failure.value.text == "Your credit card (ending 9855) expired on 1/2020"
        with pytest.raises(NotFound), acting_as("ann", ADMIN):
            await caller.refund("nothing")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "amount"),
        (b"\x12\x00", "amount"),
        (b"\x0a\x05\x0a\x03USD", "credit_card"),
        (b"\x0a\x05\x0a\x03USD\x12\x00", "Credit card info is invalid"),
        (b"\x0a\x00\x12\x00", "amount.currency_code must be three capital letters"),
    ],
)
async def test_what_is_left_out_on_the_wire_is_refused_by_name(sent: bytes, words: str) -> None:
    async with TestHost(payment, edges=True) as host, grpc.aio.insecure_channel(host.grpc) as channel:
        charge = channel.unary_unary("/hipstershop.PaymentService/Charge")
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await charge(sent)
    assert failure.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert words in (failure.value.details() or "")
