"""Steps of databases."""

from __future__ import annotations

from dataclasses import dataclass

from .step import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated(Step):
    """A module's tables were brought from one revision (empty before the first) to another."""

    before: str
    after: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationsAhead(Step):
    """A module's tables are at a revision that this code does not know; it knows them up to `head`."""

    current: str
    head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseLost(Step):
    """A database cannot be used; what needs it fails until it returns. `url` is without its password."""

    url: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseFound(Step):
    """A database can be used again."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaLost(Step):
    """The read replica cannot be used; queries read from the primary until it returns."""

    url: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaFound(Step):
    """The read replica can be used again."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsShared(Step):
    """The connected user may not make roles: modules are kept apart by their search paths alone, not by their rights."""

    url: str
    modules: tuple[str, ...]
