"""A base whose generated `__init__` carries the names of this file as text."""

from __future__ import annotations

from dataclasses import dataclass


class Clock:
    """Known here only."""


@dataclass
class Timed:
    clock: Clock
