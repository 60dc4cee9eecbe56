"""What can be set in `[modules.recommendation]`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app import Settings


class RecommendationSettings(Settings):
    """How much is recommended."""

    most: Annotated[int, Meta(ge=0, le=1000)] = 5
    """Products in one answer; fewer where the catalogue has no more to offer."""
