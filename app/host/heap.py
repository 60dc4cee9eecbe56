"""What a start makes stays for good, so the garbage collector is kept from looking through it again and again.

A start makes some 200,000 objects, and Python looks for garbage among the new ones of each 700: a tenth of the time until
a process is ready. Afterwards each full collection would walk over all of them, and stop the loop while it does.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager

NEW_OBJECTS = 100_000
"""Between two looks while a process starts: a start that makes garbage, say by reading much, is still looked after."""

_USUAL = gc.get_threshold()


@contextmanager
def spared() -> Generator[None]:
    """Look seldom, until `settled`; as usual again when the block ends."""
    gc.set_threshold(NEW_OBJECTS, *_USUAL[1:])
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*_USUAL)


def settled() -> None:
    """The process is ready: what is there now is left alone for good, and what comes is looked after as usual."""
    gc.freeze()
    gc.set_threshold(*_USUAL)
