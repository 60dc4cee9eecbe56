"""Listening: an address that somebody else has is refused, never shared."""

from __future__ import annotations

import asyncio
import os
import socket

from ..telling.refusals import Refused
from ..telling.refusals.running import CannotListen, PortTaken

LONGEST_PATH = 107
"""Bytes of a unix socket's path that Linux takes."""


async def free(address: str, edge: str, setting: str) -> None:
    """Say precisely what stands in the way of listening at `host:port` or `unix:/path`. Raises Refused (PortTaken,
    CannotListen)."""
    if address.startswith("unix:"):
        await _free_path(address.removeprefix("unix:"), address, edge, setting)
    else:
        _free_port(address, edge, setting)


def _free_port(address: str, edge: str, setting: str) -> None:
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    if not port.isdecimal() or int(port) > 65_535:
        why = f"{port!r} is no port" if port else "it has no port"
        raise Refused([CannotListen(edge=edge, address=address, why=why, setting=setting)])
    try:
        found = socket.getaddrinfo(host or None, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise Refused([CannotListen(edge=edge, address=address, why=why, setting=setting)]) from None
    for family, kind, protocol, _, at in found:
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            try:
                probe.bind(at)
            except OSError as error:
                if error.errno == 98:  # EADDRINUSE
                    raise Refused([PortTaken(edge=edge, address=address, setting=setting)]) from None
                why = os.strerror(error.errno or 0).lower()
                raise Refused([CannotListen(edge=edge, address=address, why=why, setting=setting)]) from None


async def _free_path(path: str, address: str, edge: str, setting: str) -> None:
    """A socket file that nobody answers is a leftover, and is replaced; one that somebody answers is taken."""
    if len(os.fsencode(path)) > LONGEST_PATH:
        why = f"its path is {len(os.fsencode(path))} bytes long, and {LONGEST_PATH} are possible"
        raise Refused([CannotListen(edge=edge, address=address, why=why, setting=setting)])
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        _, writer = await asyncio.open_unix_connection(path)
    except (FileNotFoundError, ConnectionRefusedError):
        return
    except OSError as error:
        why = os.strerror(error.errno or 0).lower()
        raise Refused([CannotListen(edge=edge, address=address, why=why, setting=setting)]) from None
    writer.close()
    raise Refused([PortTaken(edge=edge, address=address, setting=setting)])
