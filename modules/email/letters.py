"""Writes messages: text and HTML from the templates beside this file, in the form in which mail travels (RFC 5322)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from modules.orders.contract import OrderResult

from .domain import confirmation, heading, plain
from .settings import EmailSettings

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).with_name("templates")
LONGEST_SUBJECT = 120


class _Headers(HeaderRegistry):
    """Makes a header's class once, not with every header of that name: that took a third of a message's time."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, type] = {}

    def __getitem__(self, name: str) -> type:
        known = name.lower()
        if (made := self._made.get(known)) is None:
            made = self._made[known] = super().__getitem__(name)
        return made


_POLICY = SMTP.clone(header_factory=_Headers())


class Letters:
    """Writes in the shop's name. Jinja is imported with the first message."""

    def __init__(self, settings: EmailSettings) -> None:
        self._settings = settings

    def confirmation(self, email: str, order: OrderResult, message_id: str, at: datetime) -> bytes:
        """The confirmation of an order, with CRLF at the ends of lines.

        message_id: what tells it from others, in letters and digits; the address's domain is put behind it.
        """
        said = self._settings
        words = confirmation(order)
        subject = heading(f"{said.subject} {words.order_id}", LONGEST_SUBJECT)
        name, _, domain = said.sender.rpartition("@")
        letter = EmailMessage(_POLICY)
        letter["From"] = Address(heading(said.sender_name), name, domain)
        letter["To"] = email
        letter["Subject"] = subject
        letter["Date"] = at
        letter["Message-ID"] = f"<{message_id}@{domain}>"
        letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody answers it that they are on holiday
        values = {"order": words, "subject": subject, "shop": plain(said.sender_name)}
        # Quoted-printable goes through servers that know 7 bits and lines of 998 characters.
        letter.set_content(self._filled("confirmation.txt", values), cte="quoted-printable")
        letter.add_alternative(self._filled("confirmation.html", values), subtype="html", cte="quoted-printable")
        return letter.as_bytes()

    def _filled(self, template: str, values: Mapping[str, object]) -> str:
        return self._environment.get_template(template).render(values)

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

        return Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            auto_reload=False,
        )
