"""Confirmations are kept until they are delivered, once; on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import inspect, select

from app import DatabaseUnavailable, InvalidArgument
from app.storing.pools import Pools
from modules.email.contract import InvalidMessage
from modules.email.delivery import Files, NotNow, RefusedForGood
from modules.email.features.send_order_confirmation import SendOrderConfirmation
from modules.email.storage import DELIVERED, FAILED, WAITING, Outbox, Taken, messages, metadata
from modules.email.tests.conftest import ORDER, Hands, Office


class Spy:
    """A way to deliver that keeps what it is given, and raises what stands in `troubles` as long as there is some."""

    def __init__(self, *troubles: Exception) -> None:
        self.sent: list[tuple[str, str]] = []
        self.troubles = list(troubles)

    async def send(self, id: str, recipient: str, content: bytes) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.sent.append((recipient, str(message_from_bytes(content, policy=default)["Message-ID"])))
        await asyncio.sleep(0)


async def _states(pools: Pools) -> list[tuple[str, int, str]]:
    rows = await pools.database("email").fetch(select(messages).order_by(messages.c.accepted, messages.c.id))
    return [(row.state, row.attempts, row.reason) for row in rows]


async def test_an_accepted_message_is_kept_and_then_delivered(open_office: Callable[..., Office], pools: Pools) -> None:
    spy = Spy()
    office = open_office(spy)
    await office.confirm()
    assert spy.sent == []
    assert await _states(pools) == [(WAITING, 0, "")]
    assert await office.courier.deliver_due() == 1
    assert [recipient for recipient, _ in spy.sent] == ["ann@example.com"]
    assert await _states(pools) == [(DELIVERED, 1, "")]
    assert await office.courier.deliver_due() == 0
    rows = await pools.database("email").fetch(select(messages.c.content))
    assert rows[0].content == b""


async def test_the_same_confirmation_is_accepted_again_and_sent_once(open_office: Callable[..., Office]) -> None:
    spy = Spy()
    office, other = open_office(spy), open_office(spy)
    await asyncio.gather(*(each.confirm(email) for each in (office, other) for email in ("a@b.c", "A@B.C") * 4))
    await office.courier.deliver_due()
    await office.confirm("a@b.c", msgspec.structs.replace(ORDER, shipping_tracking_id="another"))
    await office.courier.deliver_due()
    assert len(spy.sent) == 1


async def test_other_orders_and_other_addresses_get_their_own(open_office: Callable[..., Office]) -> None:
    spy = Spy()
    office = open_office(spy)
    await office.confirm("a@b.c")
    await office.confirm("d@e.f")
    await office.confirm("a@b.c", msgspec.structs.replace(ORDER, order_id="2"))
    for order_id in ("", "", "\0" * 1000, "\ud800"):
        await office.confirm("a@b.c", msgspec.structs.replace(ORDER, order_id=order_id))
    assert await office.courier.deliver_due() == 7
    assert len(set(spy.sent)) == 7


@pytest.mark.parametrize(
    "email",
    [
        "", "ann", "a@b\r\nBcc: c@d", "<a@b.c>", "a@b.c, d@e.f", "é@b.c", "a" * 300 + "@b.c",
        "=?utf-8?q?=0D=0ABcc=3Aevil=40b.c?=@b.c", "=?us-ascii?q?evil=40b.c=2C?=a@b.c", "a.=?utf-8?b?DQo=?=@b.c",
    ],
)  # fmt: skip
async def test_what_is_no_address_is_refused_by_name(email: str) -> None:
    nobody: Any = None  # is asked
    refusing = SendOrderConfirmation(nobody, nobody, nobody, nobody)
    with pytest.raises(InvalidMessage, match=r"^email is (missing|not an email address)$") as failure:
        await refusing.send_order_confirmation(email, ORDER)
    assert isinstance(failure.value, InvalidArgument)


async def test_replicas_never_deliver_one_message_twice(open_office: Callable[..., Office], pools: Pools) -> None:
    spy = Spy()
    offices = [open_office(spy, at_once=3) for _ in range(4)]
    for n in range(30):
        await offices[n % 4].confirm(f"a{n}@example.com")

    async def work(office: Office) -> None:
        while await office.courier.deliver_due():
            pass

    await asyncio.gather(*(work(office) for office in offices))
    assert sorted(spy.sent) == sorted(set(spy.sent))
    assert len(spy.sent) == 30
    assert {state for state, *_ in await _states(pools)} == {DELIVERED}


async def test_what_a_dead_process_had_taken_is_left_to_others_after_its_lease(
    open_office: Callable[..., Office], pools: Pools, clock: Hands
) -> None:
    spy = Spy()
    office = open_office(spy)
    await office.confirm()
    dead = Outbox(pools.database("email"))
    (lost,) = await dead.take(8, clock.now().timestamp(), 90.0)
    assert await office.courier.deliver_due() == 0
    clock.move(91)
    assert await office.courier.deliver_due() == 1
    await dead.failed(lost, "what it says from its grave counts no more")
    assert await _states(pools) == [(DELIVERED, 2, "")]


async def test_what_does_not_work_is_tried_again_after_growing_pauses(
    open_office: Callable[..., Office], pools: Pools, clock: Hands
) -> None:
    spy = Spy(*[NotNow("451 greylisted")] * 4)
    office = open_office(spy, backoff=10.0, max_backoff=25.0)
    await office.confirm()
    pauses: list[float] = []
    while not spy.sent:
        assert await office.courier.deliver_due() == 1
        due = await office.outbox.next_due()
        if due is not None:
            pauses.append(round(due - clock.now().timestamp(), 3))
            assert await office.courier.deliver_due() == 0
            clock.move(pauses[-1])
    assert pauses == [10, 20, 25, 25]
    assert await _states(pools) == [(DELIVERED, 5, "")]
    assert "451 greylisted" in office.log.lines[0]


async def test_what_is_refused_for_good_is_marked_told_and_never_tried_again(
    open_office: Callable[..., Office], pools: Pools, clock: Hands
) -> None:
    spy = Spy(RefusedForGood("550 no such user " + "x" * 1000))
    office = open_office(spy)
    await office.confirm()
    await office.courier.deliver_due()
    ((state, attempts, reason),) = await _states(pools)
    assert (state, attempts, len(reason)) == (FAILED, 1, 300)
    assert office.log.lines[0].startswith("error: a message will not be delivered")
    clock.move(1e6)
    assert await office.courier.deliver_due() == 0
    await office.confirm()
    assert await office.courier.deliver_due() == 0


async def test_what_nobody_takes_for_days_is_given_up(
    open_office: Callable[..., Office], pools: Pools, clock: Hands
) -> None:
    spy = Spy(*[NotNow("nobody there")] * 1000)
    office = open_office(spy, give_up=3600.0, max_backoff=600.0)
    await office.confirm()
    while await office.outbox.next_due() is not None:
        await office.courier.deliver_due()
        clock.move(600)
    ((state, attempts, reason),) = await _states(pools)
    assert (state, reason) == (FAILED, "given up: nobody there")
    assert 5 < attempts < 20


async def test_a_delivery_that_breaks_does_not_keep_the_others_waiting(
    open_office: Callable[..., Office], pools: Pools
) -> None:
    spy = Spy(ValueError("a secret"))
    office = open_office(spy)
    await office.confirm("a@b.c")
    await office.confirm("d@e.f")
    assert await office.courier.deliver_due() == 2
    assert len(spy.sent) == 1
    assert {reason for *_, reason in await _states(pools)} == {"", "ValueError"}


async def test_a_database_that_is_away_for_a_moment_lets_nothing_go_out_twice(
    open_office: Callable[..., Office], pools: Pools, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modules.email.courier.NOTING", (0.0, 0.0))
    spy = Spy()
    office = open_office(spy)
    note, away = office.outbox.delivered, [DatabaseUnavailable()] * 2

    async def delivered(message: Taken) -> None:
        if away:
            raise away.pop()
        await note(message)

    monkeypatch.setattr(office.outbox, "delivered", delivered)
    await office.confirm()
    await office.courier.deliver_due()
    clock.move(1e5)
    assert await office.courier.deliver_due() == 0
    assert await _states(pools) == [(DELIVERED, 1, "")]


async def test_files_are_whole_messages_that_only_their_owner_reads(tmp_path: Path) -> None:
    files = Files(tmp_path / "some" / "outbox")
    for _ in range(2):
        await files.send("abc", "ann@example.com", b"Subject: x\r\n\r\ny\r\n")
    (file,) = (tmp_path / "some" / "outbox").iterdir()
    assert (file.name, file.read_bytes()) == ("abc.eml", b"Subject: x\r\n\r\ny\r\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


async def test_a_folder_that_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("")
    with pytest.raises(NotNow, match="outbox: File exists"):
        await Files(tmp_path / "outbox").send("abc", "ann@example.com", b"")


async def test_the_migrations_make_the_tables_that_the_code_uses(pools: Pools) -> None:
    async with pools.database("email").transaction() as tx:
        made = await tx.run_sync(lambda connection: {
            table: {column["name"] for column in inspect(connection).get_columns(table)} for table in metadata.tables
        })  # fmt: skip
    assert made == {name: set(table.columns.keys()) for name, table in metadata.tables.items()}
