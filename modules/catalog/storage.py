"""Reads the products from their file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from .contract import Product
from .domain import Shelf
from .settings import CatalogSettings

OWN_FILE = Path(__file__).with_name("products.toml")


def read_shelf(settings: CatalogSettings) -> Shelf:
    """The products that the settings name. Raises ValueError naming the file and the entry that is wrong."""
    file = Path(settings.products) if settings.products else OWN_FILE
    with file.open("rb") as stream:
        entries = tomllib.load(stream).get("products", [])
    try:
        return Shelf(msgspec.convert(entries, tuple[Product, ...]))
    except ValueError as error:  # msgspec's ValidationError is one, and names the entry and the field
        raise ValueError(f"{file}: {error}") from None
