"""Payments: cards charged and charges given back, noted in the module's own database."""

from __future__ import annotations

from app import Module

from .clock import Clock
from .contract import Payments
from .features.charge import ChargeCard
from .features.refund import Refund
from .storage import ChargeStore

module = Module(
    provide=[ChargeStore, Clock],
    exports=[Payments.by(ChargeCard, Refund)],
)
