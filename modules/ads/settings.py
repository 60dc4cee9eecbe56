"""What can be set in `[modules.ads]`."""

from __future__ import annotations

from app import Settings


class AdsSettings(Settings):
    """Where the ads come from."""

    ads: str = ""
    """Path of a TOML file like ads.toml; empty for the one that comes with the module."""
