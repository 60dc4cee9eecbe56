"""Where a peer is: an address as the wire connects to it."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Place:
    """A unix socket's `path`, or a `host` and `port`. several: the host is a name that stands for all machines behind
    it."""

    host: str = ""
    port: int = 0
    path: str = ""
    several: bool = False

    def __str__(self) -> str:
        if self.path:
            return f"unix:{self.path}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def place_of(address: str) -> Place:
    """`host:port`, `unix:/path`, `dns:///name:port`, `ipv4:…` or `ipv6:…`. Raises ValueError."""
    if address.startswith("unix:"):
        path = address.removeprefix("unix:")
        return Place(path=path.removeprefix("//") if path.startswith("///") else path)
    several = address.startswith("dns:")
    for scheme in ("dns:///", "dns:", "ipv4:", "ipv6:"):
        if address.startswith(scheme):
            address = address.removeprefix(scheme)
            break
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"{address!r} is no address")
    return Place(host.strip("[]"), int(port), several=several)


async def resolved(place: Place) -> tuple[Place, ...]:
    """The machines behind a name, in a steady order. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    hosts = sorted({str(at[0]) for *_, at in found})
    return tuple(replace(place, host=host, several=False) for host in hosts)
