"""Messages handed to a real SMTP server on loopback, which takes them, puts them off, refuses them, or is not there."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from app import Secret
from modules.email.delivery import NotNow, RefusedForGood
from modules.email.settings import EmailSettings
from modules.email.smtp import Smtp
from modules.email.tests.conftest import ORDER, PASSWORD, Hands, Office, Paper, Postbox, locked, serving

CONTENT = b"Subject: x\r\nMessage-ID: <1@b.c>\r\n\r\n.hidden\r\nbye\r\n"


def _smtp(box: Postbox, **settings: Any) -> Smtp:
    plainly: dict[str, Any] = {"smtp_port": box.port, "smtp_tls": "none", "smtp_timeout": 20.0}
    return Smtp(EmailSettings(smtp_host="localhost", **{**plainly, **settings}))


async def _refused(way: Smtp, kind: type[Exception]) -> str:
    """What it says of its trouble, and that no secret is in it."""
    with pytest.raises(kind) as trouble:
        await way.send("1", "ann@example.com", CONTENT)
    assert PASSWORD not in repr(trouble.value)
    assert trouble.value.__cause__ is None
    assert trouble.value.__suppress_context__
    return str(trouble.value)


async def test_a_message_arrives_as_it_was_written() -> None:
    async with serving(Postbox()) as box:
        await _smtp(box).send("1", "ann@example.com", CONTENT)
    assert box.taken == [("orders@shop.example", ["ann@example.com"], CONTENT)]


async def test_starttls_encrypts_before_anything_is_said(paper: Paper) -> None:
    async with serving(Postbox(), tls_context=paper.context, require_starttls=True) as box:
        await _smtp(box, smtp_tls="starttls", smtp_ca=str(paper.file)).send("1", "ann@example.com", CONTENT)
    assert box.encrypted == [True]


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(paper: Paper) -> None:
    async with serving(Postbox(), tls_context=paper.context, require_starttls=True) as box:
        assert "certificate" in (await _refused(_smtp(box, smtp_tls="starttls"), NotNow)).lower()
    assert box.taken == []


async def test_a_server_without_starttls_is_given_nothing_where_it_is_asked_for() -> None:
    async with serving(Postbox(), **locked()) as box:
        way = _smtp(box, smtp_tls="starttls", smtp_user="shop", smtp_password=Secret(PASSWORD))
        assert "STARTTLS" in await _refused(way, NotNow)
    assert box.taken == []


async def test_a_user_who_is_known_may_send(paper: Paper) -> None:
    async with serving(Postbox(), **locked(tls_context=paper.context, auth_require_tls=True)) as box:
        way = _smtp(box, smtp_tls="starttls", smtp_ca=str(paper.file), smtp_user="shop", smtp_password=Secret(PASSWORD))
        await way.send("1", "ann@example.com", CONTENT)
    assert len(box.taken) == 1


async def test_a_password_that_is_refused_is_our_trouble_and_not_the_messages() -> None:
    async with serving(Postbox(), **locked("another")) as box:
        way = _smtp(box, smtp_user="shop", smtp_password=Secret(PASSWORD))
        assert await _refused(way, NotNow) == "535 the server refuses our user or password"


async def test_a_server_that_wants_a_password_nobody_set_is_our_trouble_too() -> None:
    async with serving(Postbox(), **locked()) as box:
        assert (await _refused(_smtp(box), NotNow)).startswith("530 ")


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("450 busy", NotNow),
        ("452 full", NotNow),
        ("421 leaving", NotNow),
        ("550 no such user", RefusedForGood),
        ("553 not that name", RefusedForGood),
    ],
)
async def test_replies_to_the_recipient_and_to_the_message_are_judged_alike(reply: str, kind: type[Exception]) -> None:
    async with serving(Postbox()) as box:
        box.replies.append(reply)
        assert await _refused(_smtp(box), kind) == reply
        box.last_words.append(reply)
        assert await _refused(_smtp(box), kind) == reply
        await _smtp(box).send("1", "ann@example.com", CONTENT)
    assert len(box.taken) == 1


async def test_a_server_that_repeats_the_password_is_not_quoted() -> None:
    async with serving(Postbox(), **locked()) as box:
        box.last_words.append(f"554 you said {PASSWORD}\x1b[31m")
        way = _smtp(box, smtp_user="shop", smtp_password=Secret(PASSWORD))
        assert await _refused(way, RefusedForGood) == "554 you said *** [31m"


async def test_a_server_that_is_not_there_or_never_answers_is_tried_again_later() -> None:
    box = Postbox()
    assert f"localhost:{box.port}" in await _refused(_smtp(box), NotNow)
    with socket.create_server(("127.0.0.1", box.port)):  # it is connected to, and says nothing
        assert "did not answer in time" in await _refused(_smtp(box, smtp_timeout=0.05), NotNow)


async def test_a_server_that_hangs_up_after_taking_a_message_has_taken_it() -> None:
    class Abrupt(Postbox):
        async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # a name of SMTP
            server.transport.abort()
            return "221 Bye"

    async with serving(Abrupt()) as box:
        await _smtp(box).send("1", "ann@example.com", CONTENT)
    assert len(box.taken) == 1


async def test_an_order_is_confirmed_through_all_troubles_once(
    open_office: Callable[..., Office], clock: Hands
) -> None:
    box = Postbox()  # it has a port, and is down
    way = _smtp(box, smtp_user="shop", smtp_password=Secret(PASSWORD))
    offices = [open_office(way, backoff=10.0) for _ in range(2)]
    await offices[0].confirm()

    async def later() -> None:
        clock.move(3600)
        for office in offices:
            await office.courier.deliver_due()

    await later()
    async with serving(box, **locked("another")):
        await later()
    async with serving(box, **locked()):
        box.replies.append("451 greylisted")
        await later()
        assert box.taken == []
        await later()
        await later()
    (message,) = box.messages
    assert ORDER.order_id in message["Subject"]
    assert box.taken[0][1] == ["ann@example.com"]
    said = str([office.log.lines for office in offices])
    for words in ("535 the server refuses", "451 greylisted", "a message was delivered"):
        assert words in said
    assert PASSWORD not in said
    assert "ann@example.com" not in said
