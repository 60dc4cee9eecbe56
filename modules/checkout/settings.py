"""What can be set in `[modules.checkout]`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app import Settings


class CheckoutSettings(Settings):
    """How long a step may take, and when what was left unfinished is tried again."""

    step_seconds: Annotated[float, Meta(gt=0, le=600)] = 15.0
    """Seconds for each call that is made once the card may be charged. An attempt has three of them from one note to
    the next; then it counts as crashed, and another one may go on in its place."""
    retry_seconds: Annotated[float, Meta(gt=0)] = 30.0
    """Seconds between two looks at what is unfinished: what this process left lying itself is looked at when due."""
    first_backoff: Annotated[float, Meta(gt=0)] = 1.0
    """Seconds before something is tried again for the first time, doubled for each further one."""
    most_backoff: Annotated[float, Meta(gt=0)] = 300.0
    """Seconds between two tries, however often it has been tried."""
    batch: Annotated[int, Meta(ge=1, le=1000)] = 20
    """Orders that are worked on at once in the background."""
    unresolved_after: Annotated[float, Meta(gt=0)] = 900.0
    """Seconds that a charge may stay unknown until it is told: the shopper may come back with the same key before."""
    remembered_days: Annotated[float, Meta(gt=0)] = 30.0
    """Days for which a key that was used gets the same order again. Then what the checkout knows of it is deleted."""
