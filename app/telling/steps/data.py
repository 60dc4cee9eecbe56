"""Steps of databases."""

from __future__ import annotations

from .step import Step


class Migrated(Step, frozen=True, kw_only=True):
    """A module's tables were brought from one revision (empty before the first) to another."""

    before: str
    after: str
    seconds: float


class MigrationsAhead(Step, frozen=True, kw_only=True):
    """A module's tables are at a revision that this code does not know; it knows them up to `head`."""

    current: str
    head: str


class DatabaseLost(Step, frozen=True, kw_only=True):
    """A database cannot be used; what needs it fails until it returns. `url` is without its password."""

    url: str
    why: str


class DatabaseFound(Step, frozen=True, kw_only=True):
    """A database can be used again."""

    url: str


class ReplicaLost(Step, frozen=True, kw_only=True):
    """The read replica cannot be used; queries read from the primary until it returns."""

    url: str
    why: str


class ReplicaFound(Step, frozen=True, kw_only=True):
    """The read replica can be used again."""

    url: str


class RightsShared(Step, frozen=True, kw_only=True):
    """The connected user may not make roles: modules are kept apart by their search paths alone, not by their rights."""

    url: str
    modules: tuple[str, ...]
