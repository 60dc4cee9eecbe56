"""What the system is asked for: short queues in the kernel, and memory that long messages may use again."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from functools import cache
from typing import Any

TCP_NOTSENT_LOWAT = 25
"""Linux's number of it, which `socket` of Python 3.11 does not have."""
_TRIM, _TOP_PAD, _MMAP = -1, -2, -3
"""What glibc's mallopt calls its thresholds."""
KEPT = 64 * 1024 * 1024
"""Bytes of freed memory that stay with the process once it has to do with long messages."""


def keep_short(sock: Any, arriving: int, leaving: int) -> None:
    """Let no more bytes than these wait in the kernel on a TCP connection: what is small would wait behind them."""
    if sock is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return  # a unix socket's own buffers are short
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, arriving)
        if sys.platform == "linux":
            sock.setsockopt(socket.IPPROTO_TCP, TCP_NOTSENT_LOWAT, leaving)


@cache
def make_room() -> None:
    """Let freed memory of long messages be used again rather than given back to the system and asked for anew, which
    costs as much as sending it. Called with the first long message; where the C library is another one nothing happens.
    """
    if sys.platform != "linux":
        return
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    for name, size in ((_MMAP, KEPT // 2), (_TRIM, KEPT), (_TOP_PAD, KEPT // 4)):
        mallopt(name, size)
