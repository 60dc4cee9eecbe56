"""What time it is."""

from __future__ import annotations

from datetime import UTC, datetime


class Clock:
    """The time that cards expire by: UTC, wherever the shop or the shopper is."""

    def now(self) -> datetime:
        """Aware, in UTC."""
        return datetime.now(UTC)
