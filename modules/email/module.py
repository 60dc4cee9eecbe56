"""Confirmations: written, kept in the module's own database, and delivered from there."""

from __future__ import annotations

from app import Module

from .contract import Emails
from .courier import Courier
from .delivery import chosen
from .domain import Clock
from .features.send_order_confirmation import SendOrderConfirmation
from .letters import Letters
from .settings import EmailSettings
from .storage import Outbox

module = Module(
    settings=EmailSettings,
    provide=[Outbox, Letters, Courier, Clock, chosen],
    exports=[Emails.by(SendOrderConfirmation)],
)
