"""Which doors of one machine stand in each other's way: two servers on one port whose hosts overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

EVERYWHERE = frozenset({"", "*", "0.0.0.0", "::"})
"""Hosts that mean every interface of the machine, and so stand in the way of each other host."""
_LOOPBACK = {"localhost": frozenset({"127.0.0.1", "::1"})}
"""Names that stand for several addresses. Another name is taken for an address of its own: nothing is looked up."""


@dataclass(frozen=True, slots=True)
class Door:
    """Somebody who wants to listen on a port that the others of its group want as well."""

    host: str
    """Empty for a socket's path, which is its own port."""
    says: str
    """Whose door it is, in words."""
    process: str


def split(address: str) -> tuple[str, str]:
    """An address where something listens as its host and the rest in words: `("127.0.0.1", "port 8080")`."""
    if address.startswith("unix:"):
        return "", address
    host, _, port = address.rpartition(":")
    return host.strip("[]").lower(), f"port {port}"


def colliding(doors: Sequence[Door]) -> list[tuple[Door, ...]]:
    """Of doors on one port, the groups that cannot all be open: 127.0.0.1 and 127.0.0.2 can, 0.0.0.0 beside any cannot."""
    groups: list[list[Door]] = []
    for door in doors:
        meeting = [group for group in groups if _overlap(door, group)]
        groups = [group for group in groups if group not in meeting]
        groups.append([*(other for group in meeting for other in group), door])
    return [tuple(group) for group in groups if len(group) > 1]


def _overlap(door: Door, group: Iterable[Door]) -> bool:
    return any(
        door.host == other.host
        or door.host in EVERYWHERE
        or other.host in EVERYWHERE
        or _meant(door.host) & _meant(other.host)
        for other in group
    )


def _meant(host: str) -> frozenset[str]:
    return _LOOPBACK.get(host, frozenset({host}))
