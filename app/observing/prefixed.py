"""The output of several processes on one screen: each line behind the name of whose it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import IO

from .console import BLUE, CYAN, DIM, GREEN, MAGENTA, RESET, YELLOW

_COLOURS = (CYAN, MAGENTA, GREEN, YELLOW, BLUE)

LONGEST = 256 * 1024
"""Bytes: a longer line is cut into several."""


class Screen:
    """Writes whole lines, each with its prefix. For JSON `prefixes=False` leaves lines as they are, and `own` is
    another stream for what the supervisor says itself."""

    def __init__(
        self,
        stream: IO[bytes],
        names: Sequence[str],
        *,
        colours: bool,
        prefixes: bool = True,
        own: IO[bytes] | None = None,
    ) -> None:
        self._stream = stream
        self._own = own or stream
        self.colours = colours
        self._prefixes = prefixes
        self._width = max((len(name) for name in names), default=0)
        self._heads = {name: self._head(name, _COLOURS[n % len(_COLOURS)]) for n, name in enumerate(names)}

    def _head(self, name: str, colour: str) -> bytes:
        text = f"{name:<{self._width}} │ "
        return (f"{colour}{text}{RESET}" if self.colours else text).encode()

    def line(self, name: str, line: bytes) -> None:
        """One line of a process."""
        head = (self._heads.get(name) or self._head(name, DIM)) if self._prefixes else b""
        _write(self._stream, head + line)

    def say(self, text: str) -> None:
        """A text of the supervisor's own, without a prefix."""
        _write(self._own, text.encode("utf-8", "backslashreplace"))


def _write(stream: IO[bytes], line: bytes) -> None:
    try:
        stream.write(line + b"\n")
        stream.flush()
    except (OSError, ValueError):  # nobody looks any more; the processes go on
        return


async def lines(stream: asyncio.StreamReader, take: Callable[[bytes], None]) -> None:
    """Hand each line of a stream on, without its end, until the stream ends."""
    rest = b""
    while chunk := await stream.read(65536):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            take(line.rstrip(b"\r"))
        while len(rest) > LONGEST:
            take(rest[:LONGEST])
            rest = rest[LONGEST:]
    if rest:
        take(rest)
