"""What can be set in `[modules.accounts]`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app import Secret, Settings

Positive = Annotated[int, Meta(ge=1)]


class AccountSettings(Settings):
    """Passwords, tries and tokens. Times are seconds."""

    token_seconds: Positive = 3600
    """How long a sign-in lasts."""
    cart_seconds: Annotated[float, Meta(gt=0)] = 2.0
    """How long a sign-in waits for the anonymous cart to be taken over."""
    shortest_password: Annotated[int, Meta(ge=8, le=64)] = 12
    """Characters; NIST SP 800-63B, §3.1.1.2, allows no less than 8 and asks that 64 be taken."""
    longest_password: Annotated[int, Meta(ge=64, le=1000)] = 200
    tries: Positive = 10
    """Failed tries at one account that are let through within `tries_seconds` of the first."""
    tries_seconds: Positive = 900
    hash_memory: Annotated[int, Meta(ge=32, le=4 * 1024 * 1024)] = 64 * 1024
    """KiB for one hash. This and the next two are the second choice of RFC 9106, §4, for little memory."""
    hash_passes: Positive = 3
    hash_lanes: Annotated[int, Meta(ge=1, le=4)] = 4
    """More than 4 would ask for more than the least memory."""
    hashes_at_once: Positive = 2
    """In one process; others wait, so that many sign-ins at once cost time and no memory."""
    admin_email: str = ""
    """Whoever is made an account with the role `admin` at the start; empty: nobody."""
    admin_password: Secret[str] | None = None
    """Theirs, set anew at each start where it has changed."""

    def __post_init__(self) -> None:
        if bool(self.admin_email) != (self.admin_password is not None):
            raise ValueError("admin_email and admin_password go together")
