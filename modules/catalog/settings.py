"""What can be set in `[modules.catalog]`."""

from __future__ import annotations

from app import Settings


class CatalogSettings(Settings):
    """Where the products come from."""

    products: str = ""
    """Path of a TOML file like products.toml; empty for the one that comes with the module."""
