"""Refusals: what is wrong, found before anything starts. Each is a value with fields; `app.telling.drawing` renders it.

One file for each part of the house that refuses: `wiring`, `contracts`, `settings`, `placing`, `running`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import msgspec


class Site(msgspec.Struct, frozen=True):
    """A place in somebody's source: `file:line`, and what stands there."""

    file: str
    line: int
    what: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.file else "<unknown>"


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong. A subclass adds the fields and says them in one sentence, the fix in another."""

    kind: ClassVar[str] = "refusal"
    """A stable name for scripts and tests, such as `missing-provider`."""

    sites: tuple[Site, ...] = ()
    """Where to look: the module's line first, then the constructor's own."""
    path: tuple[str, ...] = ()
    """The way that leads there, outermost first."""
    near: tuple[str, ...] = ()
    """What may have been meant, best first."""

    def says(self) -> str:
        """What is wrong, as one sentence without a full stop."""
        raise NotImplementedError

    def fix(self) -> str:
        """What to do about it, as one sentence without a full stop; empty where `near` says it."""
        return ""


class Refused(Exception):
    """Nothing was started. Carries every refusal at once; its text is their drawing."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals: tuple[Refusal, ...] = tuple(refusals)
        super().__init__(self.refusals)

    def __str__(self) -> str:
        from ..drawing import draw  # drawing imports this module's types

        return draw(self.refusals)
