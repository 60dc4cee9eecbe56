"""Refusals of databases: an address that is none, one that nobody answers, migrations that do not fit."""

from __future__ import annotations

from dataclasses import dataclass

from . import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class BadDatabaseUrl(Refusal):
    """The setting is no address of a database. `url` is shown without its password."""

    kind = "bad-database-url"
    url: str
    why: str

    def says(self) -> str:
        return f"database.url is {self.url!r}, {self.why}"

    def fix(self) -> str:
        return "write postgresql://user:password@host:5432/name or sqlite:///folder, or leave it empty for SQLite files"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseUnreachable(Refusal):
    """Nobody answers at the database's address. `url` is shown without its password."""

    kind = "database-unreachable"
    url: str
    why: str
    modules: tuple[str, ...]
    """Those that keep something there."""
    file: bool = False

    def says(self) -> str:
        verb = "opened" if self.file else "reached"
        return f"the database {self.url} of {' and '.join(self.modules)} cannot be {verb}: {self.why}"

    def fix(self) -> str:
        if self.file:
            return "make the folder writable, or name another one with data.dir (PANGAEA_DATA_DIR)"
        return "start it, or correct database.url (PANGAEA_DATABASE_URL)"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenMigrations(Refusal):
    """A module's migrations are no line from the first to the last."""

    kind = "broken-migrations"
    module: str
    why: str
    cure: str

    def says(self) -> str:
        return f"the migrations of {self.module} {self.why}"

    def fix(self) -> str:
        return self.cure


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationsPending(Refusal):
    """The database is older than the code, and nobody allowed to change it."""

    kind = "migrations-pending"
    module: str
    url: str
    revisions: tuple[str, ...]

    def says(self) -> str:
        return f"{self.module} needs migrations that {self.url} has not seen: {', '.join(self.revisions)}"

    def fix(self) -> str:
        return 'apply them by starting once with database.migrate = "always" (PANGAEA_DATABASE_MIGRATE=always)'


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationFailed(Refusal):
    """A migration raised; the database is as it was before."""

    kind = "migration-failed"
    module: str
    url: str
    why: str

    def says(self) -> str:
        return f"the migrations of {self.module} failed on {self.url} and were rolled back: {self.why}"

    def fix(self) -> str:
        return "correct the migration; nothing of it has stayed"
