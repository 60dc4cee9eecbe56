"""What can be set in `[modules.email]`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from app import Secret, Settings

from .contract import is_address

Seconds = Annotated[float, Meta(gt=0)]


class EmailSettings(Settings):
    """Who writes, and how it gets there. Times are seconds."""

    sender: str = "orders@shop.example"
    """The address in From, and the one that errors are returned to."""
    sender_name: str = "The Shop"
    subject: str = "Your order"
    """Followed by the order's id."""
    smtp_host: str = ""
    """Empty: messages are files in the folder `outbox`."""
    smtp_port: Annotated[int, Meta(ge=1, le=65535)] = 587
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    """starttls: on a plain port, and refused where the server does not offer it; tls: from the first byte, as on 465."""
    smtp_ca: str = ""
    """A file of certificates to trust instead of the system's."""
    smtp_user: str = ""
    smtp_password: Secret[str] | None = None
    smtp_timeout: Seconds = 30.0
    """For the delivery of one message as a whole."""
    outbox: str = ""
    """The folder of messages as files; empty: `outbox` in the data folder."""
    at_once: Annotated[int, Meta(ge=1)] = 8
    """Messages that a process delivers side by side."""
    poll: Seconds = 5.0
    """How often to look for what other processes have accepted, or left."""
    backoff: Seconds = 10.0
    """Before the second try; doubled for each further one."""
    max_backoff: Seconds = 1800.0
    give_up: Seconds = 4 * 24 * 3600.0
    """After so long without a server that takes it a message has failed; RFC 5321, §4.5.4.1, says four or five days."""

    def __post_init__(self) -> None:
        if not is_address(self.sender):
            raise ValueError("sender is not an email address")
        if bool(self.smtp_user) != (self.smtp_password is not None):
            raise ValueError("smtp_user and smtp_password go together")
