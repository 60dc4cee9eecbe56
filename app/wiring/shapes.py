"""What reading a constructor yields: what it needs, what it makes, how it is called, and what cannot be read."""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple

from .keys import Key


class How(Enum):
    """How a constructor is called."""

    PLAIN = "plain"
    ASYNC = "async"
    GENERATOR = "generator"
    ASYNC_GENERATOR = "async generator"


class Need:
    """One parameter that the graph fills. `position` is -1 where it goes by its name only, `default` what goes to one
    that has no name to go by."""

    __slots__ = ("default", "key", "name", "position", "required")

    def __init__(self, name: str, key: Key, required: bool, position: int) -> None:
        self.name, self.key, self.required, self.position = name, key, required, position
        self.default: Default | None = None


class Default(NamedTuple):
    """The default of a positional-only parameter."""

    value: Any


class Fault:
    """Why a parameter (or, without one, the result) cannot be read."""

    __slots__ = ("cure", "near", "parameter", "why")

    def __init__(self, parameter: str, why: str, cure: str, near: tuple[str, ...] = ()) -> None:
        self.parameter, self.why, self.cure, self.near = parameter, why, cure, near


class Signature:
    """A constructor, read. `result` is None where it is not known; `faults` tell why."""

    __slots__ = ("faults", "how", "needs", "result")

    def __init__(self, needs: list[Need], result: Key | None, how: How, faults: list[Fault]) -> None:
        self.needs, self.result, self.how, self.faults = needs, result, how, faults
