"""Acting as somebody: what an edge does once it knows who is calling."""

from __future__ import annotations

from contextlib import AbstractContextManager

from ..ambient import Ambient, Principal, acting


def acting_as(subject: str, *roles: str) -> AbstractContextManager[Ambient]:
    """`with acting_as("ann", "admin"):` calls made inside carry this principal."""
    return acting(Principal(subject, frozenset(roles)))
