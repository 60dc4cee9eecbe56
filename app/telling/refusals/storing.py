"""Refusals of databases: an address that is none, one that nobody answers, migrations that do not fit."""

from __future__ import annotations

from . import Refusal


class BadDatabaseUrl(Refusal, frozen=True, kw_only=True):
    """The setting is no address of a database. `url` is shown without its password."""

    kind = "bad-database-url"
    url: str
    why: str
    key: str = "database.url"

    def says(self) -> str:
        return f"{self.key} is {self.url!r}, {self.why}"

    def fix(self) -> str:
        without = "for SQLite files" if self.key == "database.url" else "where there is none"
        return f"write postgresql://user:password@host:5432/name or sqlite:///folder, or leave it empty {without}"


class DatabaseUnreachable(Refusal, frozen=True, kw_only=True):
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


class BrokenMigrations(Refusal, frozen=True, kw_only=True):
    """A module's migrations are no line from the first to the last."""

    kind = "broken-migrations"
    module: str
    why: str
    cure: str

    def says(self) -> str:
        return f"the migrations of {self.module} {self.why}"

    def fix(self) -> str:
        return self.cure


class MigrationsPending(Refusal, frozen=True, kw_only=True):
    """The database is older than the code, and nobody allowed to change it."""

    kind = "migrations-pending"
    module: str
    url: str
    revisions: tuple[str, ...]

    def says(self) -> str:
        return f"{self.module} needs migrations that {self.url} has not seen: {', '.join(self.revisions)}"

    def fix(self) -> str:
        return f"apply them: `pangaea db upgrade {self.module}`"


class MigrationFailed(Refusal, frozen=True, kw_only=True):
    """A migration raised; the database is as it was before."""

    kind = "migration-failed"
    module: str
    url: str
    why: str

    def says(self) -> str:
        return f"the migrations of {self.module} failed on {self.url} and were rolled back: {self.why}"

    def fix(self) -> str:
        return "correct the migration; nothing of it has stayed"


class RoleNotGranted(Refusal, frozen=True, kw_only=True):
    """The module's schema belongs to its role, which somebody else has made and the connected user may not take on."""

    kind = "role-not-granted"
    module: str
    url: str
    role: str

    def says(self) -> str:
        return f"what {self.module} keeps in {self.url} is the role {self.role}'s, and the user of the URL may not take that on"

    def fix(self) -> str:
        return f'let whoever made it run `GRANT "{self.role}" TO` that user'


class SchemaNamed(Refusal, frozen=True, kw_only=True):
    """A statement names a schema; a module's tables have none, and those of others are not its own."""

    kind = "schema-named"
    schema: str

    def says(self) -> str:
        return f"a statement names tables of the schema `{self.schema}`, and a module sees only its own tables, which have none"

    def fix(self) -> str:
        return "leave out `schema=` for a table of the module's own, and ask the contract of another module for what is its"


class QueryWrites(Refusal, frozen=True, kw_only=True):
    """A query method writes, and queries are answered from a read replica."""

    kind = "query-writes"
    module: str

    def says(self) -> str:
        return f"a query of {self.module} writes, and with database.replica_url queries only read"

    def fix(self) -> str:
        return "declare the method with @command instead of @query"


class NoMetadata(Refusal, frozen=True, kw_only=True):
    """A module's tables are compared with its migrations, and there is not exactly one MetaData that holds them."""

    kind = "no-metadata"
    module: str
    why: str
    cure: str

    def says(self) -> str:
        return f"the tables of {self.module} are looked for in one MetaData, and {self.why}"

    def fix(self) -> str:
        return self.cure


class NoRoomForMigrations(Refusal, frozen=True, kw_only=True):
    """A module is a single file: migrations need a folder."""

    kind = "no-room-for-migrations"
    module: str

    def says(self) -> str:
        return f"{self.module} is a single file, and migrations lie in a folder of their module"

    def fix(self) -> str:
        return f"make it a package: move it to modules/{self.module}/module.py"
