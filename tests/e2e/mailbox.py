"""A mail server of the tests' own: real SMTP on loopback, and what came in."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from .shop import PATIENCE, Ports, until


@dataclass
class Mail:
    """A message, and to whom."""

    to: list[str]
    message: EmailMessage

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain",))
        assert body is not None
        return body.get_content()


@dataclass
class Mailbox:
    """What was delivered so far."""

    port: int
    mails: list[Mail] = field(default_factory=list[Mail])

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(Mail(list(envelope.rcpt_tos), message))
        return "250 OK"

    def to(self, address: str) -> list[Mail]:
        return [mail for mail in self.mails if address in mail.to]

    def wait_for(self, address: str) -> Mail:
        """The first mail to somebody, once it is there."""
        until(lambda: self.to(address), lambda: f"no mail to {address}")
        return self.to(address)[0]


@contextmanager
def mail_server() -> Generator[Mailbox]:
    """A server on a free port, which is kept for it."""
    ports = Ports(1)
    mailbox = Mailbox(*ports.numbers)
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, ready_timeout=PATIENCE)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
