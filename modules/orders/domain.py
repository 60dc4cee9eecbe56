"""Ids that can be kept, times that compare exactly, and the cursor of a page of the history."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta

from .contract import InvalidPage

LONGEST_ID = 200
"""Characters; no index takes more than a few of them."""
LONGEST_SHOWN = 100
"""Characters of an unknown id that are said again; a failure has to fit into the trailers of a call."""
MOST_LISTED = 100
"""Orders on a page."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LATEST = 2**63 - 1

Place = tuple[int, str]
"""Where an order stands in its shopper's history: its time and its id."""


def storable(id: str) -> bool:
    """Whether every database takes the id, so that there can be something under it."""
    return 0 < len(id) <= LONGEST_ID and "\0" not in id and not _has_surrogates(id)


def shown(id: str) -> str:
    """The id as a failure may say it: short, and text that every wire carries."""
    short = id if len(id) <= LONGEST_SHOWN else f"{id[:LONGEST_SHOWN]}…"
    return short.replace("\0", "�").encode("utf-8", "replace").decode()


def micros(time: datetime) -> int:
    """Microseconds since 1970 in UTC."""
    return (time - _EPOCH) // _MICROSECOND


def moment(micros: int) -> datetime:
    """The time that is so many microseconds after 1970, in UTC."""
    return _EPOCH + micros * _MICROSECOND


def cursor(place: Place) -> str:
    """What `after` takes to go on behind this place. Nobody needs to read it."""
    return base64.urlsafe_b64encode(f"{place[0]} {place[1]}".encode()).decode().rstrip("=")


def read_cursor(after: str) -> Place:
    """The place that a cursor stands for. Raises InvalidPage."""
    try:
        raw = base64.b64decode(after.encode("ascii") + b"=" * (-len(after) % 4), altchars=b"-_", validate=True).decode()
        time, _, id = raw.partition(" ")
        place = (int(time), id)
    except (ValueError, binascii.Error):  # UnicodeError is a ValueError
        place = (0, "")
    if not storable(place[1]) or abs(place[0]) > _LATEST or cursor(place) != after:
        raise InvalidPage("after", "is not the `next` of another page")
    return place


def check_limit(limit: int) -> None:
    """Raises InvalidPage."""
    if not 1 <= limit <= MOST_LISTED:
        raise InvalidPage("limit", f"must be 1 to {MOST_LISTED}, and is {limit}")


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)
