"""A replacement for another process holds what no other process can have."""

from __future__ import annotations

import threading

from app import Module, invoke
from app.testing import TestHost

EXPECTED = """
    the replacement of Clock cannot travel to another process: cannot pickle '_thread.lock' object.
       fix: declare its class or constructor at the top of a Python module, and keep sockets, locks and tasks out.
"""


class Clock:
    def __init__(self) -> None:
        self.lock = threading.Lock()


def look(clock: Clock) -> None: ...


clocks = Module(name="clocks", provide=[Clock], invoke=[invoke(look)])


async def wrong() -> None:
    async with TestHost(clocks, topology="processes").replace(Clock, Clock()):
        pass
