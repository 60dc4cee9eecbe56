"""What can be set in `[modules.currency]`."""

from __future__ import annotations

from app import Settings


class CurrencySettings(Settings):
    """Where the rates come from."""

    rates: str = ""
    """Path of a TOML file like rates.toml; empty for the one that comes with the module."""
