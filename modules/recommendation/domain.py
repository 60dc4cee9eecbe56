"""What else somebody might like: anything that they do not have."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random


def recommended(sold: Iterable[str], known: Iterable[str], most: int, random: Random) -> tuple[str, ...]:
    """At most so many of the ids that are sold, drawn evenly and each once, without those that are known."""
    left = dict.fromkeys(sold)  # a catalogue of somebody else's may say one twice
    for id in known:
        left.pop(id, None)
    return tuple(random.sample(tuple(left), min(most, len(left))))
