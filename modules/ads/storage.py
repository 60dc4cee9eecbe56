"""Reads the ads from their file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from .contract import Ad
from .domain import Billboard
from .settings import AdsSettings

OWN_FILE = Path(__file__).with_name("ads.toml")


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    """An ad as the file has it. Links lead to pages, never to scripts."""

    category: Annotated[str, Meta(min_length=1)]
    redirect_url: Annotated[str, Meta(pattern="^(/|https?://)")]
    text: Annotated[str, Meta(min_length=1)]


def read_billboard(settings: AdsSettings) -> Billboard:
    """The ads that the settings name. Raises ValueError naming the file and the entry that is wrong."""
    file = Path(settings.ads) if settings.ads else OWN_FILE
    with file.open("rb") as stream:
        entries = tomllib.load(stream).get("ads", [])
    try:
        ads = msgspec.convert(entries, list[_Entry])
        return Billboard((ad.category, Ad(ad.redirect_url, ad.text)) for ad in ads)
    except ValueError as error:  # msgspec's ValidationError is one, and names the entry and the field
        raise ValueError(f"{file}: {error}") from None
