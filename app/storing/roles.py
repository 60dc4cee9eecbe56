"""PostgreSQL roles: each module works as a role of its own, which owns its schema, and no other module's role may read it.

A role cannot log in; the user that the process connects as takes it on. Where that user may not make roles and nobody
else has made them, modules are kept apart by their search paths alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection

LONGEST = 63
"""Bytes of a name on a PostgreSQL server (NAMEDATALEN - 1)."""
_DENIED = "42501"

_STATE = """
    SELECT r.oid IS NOT NULL AS there,
           CASE WHEN r.oid IS NULL THEN false
                WHEN current_setting('server_version_num')::int >= 160000 THEN pg_has_role(session_user, r.oid, 'SET')
                ELSE pg_has_role(session_user, r.oid, 'MEMBER') END AS ours,
           n.oid IS NOT NULL AS has_schema,
           r.oid IS NOT NULL AND n.nspowner IS NOT DISTINCT FROM r.oid AS owns,
           me.rolsuper OR me.rolcreaterole AS may_create,
           me.rolsuper AS almighty,
           n.oid IS NULL OR has_schema_privilege(session_user, n.oid, 'USAGE') AS may_use
    FROM (SELECT * FROM pg_roles WHERE rolname = session_user) me
    LEFT JOIN pg_roles r ON r.rolname = $1
    LEFT JOIN pg_namespace n ON n.nspname = $2
"""
_OWNER = """
    SELECT r.rolname FROM pg_namespace n LEFT JOIN pg_roles r ON r.oid = n.nspowner AND NOT r.rolcanlogin
      AND CASE WHEN current_setting('server_version_num')::int >= 160000 THEN pg_has_role(session_user, r.oid, 'SET')
               ELSE pg_has_role(session_user, r.oid, 'MEMBER') END
    WHERE n.nspname = $1
"""
# What belongs to somebody else: sequences follow the tables that own them, and what an extension made stays its own.
_OTHERS = """
    WITH space AS (SELECT n.oid, n.nspname, r.oid AS role FROM pg_namespace n, pg_roles r
                   WHERE n.nspname = $2 AND r.rolname = $1)
    SELECT format('ALTER %s %I.%I OWNER TO %I', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW'
           WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, s.nspname, c.relname, $1)
    FROM pg_class c JOIN space s ON c.relnamespace = s.oid
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relowner <> s.role
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                      AND (d.deptype = 'e' OR (c.relkind = 'S' AND d.deptype IN ('a', 'i'))))
    UNION ALL
    SELECT format('ALTER %s %I.%I OWNER TO %I', CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, s.nspname,
           t.typname, $1)
    FROM pg_type t JOIN space s ON t.typnamespace = s.oid LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE t.typowner <> s.role AND (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c'))
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid
                      AND d.deptype = 'e')
    UNION ALL
    SELECT format('ALTER ROUTINE %s OWNER TO %I', p.oid::regprocedure, $1)
    FROM pg_proc p JOIN space s ON p.pronamespace = s.oid
    WHERE p.proowner <> s.role
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                      AND d.deptype = 'e')
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is of a module's role on the server."""

    role: str
    there: bool
    ours: bool
    """The connected user may take it on."""
    has_schema: bool
    owns: bool
    """The schema is its own."""
    may_create: bool
    almighty: bool
    may_use: bool
    """The connected user may look into the schema by itself."""

    @property
    def in_force(self) -> bool:
        """Whether the module works under it."""
        return self.ours and self.owns

    @property
    def possible(self) -> bool:
        """Whether the connected user could bring that about."""
        return self.ours or (self.may_create and not self.there) or self.almighty


def role_of(database: str, schema: str) -> str:
    """The name of a module's role. Roles are the whole server's, so the database stands in it."""
    name = f"{database}.{schema}"
    if len(name.encode()) <= LONGEST:
        return name
    digest = blake2b(name.encode(), digest_size=8).hexdigest()
    return f"{name.encode()[: LONGEST - 17].decode(errors='ignore')}.{digest}"


async def look(connection: AsyncConnection, schema: str) -> Standing:
    """How a module's role stands."""
    database: str = (await connection.exec_driver_sql("SELECT current_database()")).scalar_one()
    role = role_of(database, schema)
    found = (await connection.exec_driver_sql(_STATE, (role, schema))).one()
    return Standing(role, *found)


def owner(connection: Connection, schema: str) -> tuple[bool, str | None]:
    """Whether a schema is there, and the role that owns it if we may take that one on."""
    found = connection.exec_driver_sql(_OWNER, (schema,)).first()
    return found is not None, found[0] if found is not None else None


async def settle(connection: AsyncConnection, schema: str) -> str | None:
    """Make the schema where it is missing, and let the module's role own it and all that is in it.

    Returns the role; None where the connected user may not do so: then the schema is that user's. In a transaction.
    """
    from sqlalchemy.exc import DBAPIError

    state = await look(connection, schema)
    if state.possible:
        try:
            async with connection.begin_nested():
                await _own(connection, state, schema)
            return state.role
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _DENIED:
                raise
    if not state.has_schema:
        await connection.exec_driver_sql(f"CREATE SCHEMA {_quoted(schema)}")
    return None


async def _own(connection: AsyncConnection, state: Standing, schema: str) -> None:
    role = _quoted(state.role)
    if not state.there:
        await connection.exec_driver_sql(f"CREATE ROLE {role} NOLOGIN")
    if not state.ours and not state.almighty:
        await connection.exec_driver_sql(f"GRANT {role} TO SESSION_USER")
    if not state.has_schema:
        await connection.exec_driver_sql(f"CREATE SCHEMA {_quoted(schema)} AUTHORIZATION {role}")
    elif not state.owns:
        await connection.exec_driver_sql(f"ALTER SCHEMA {_quoted(schema)} OWNER TO {role}")
    for statement in (await connection.exec_driver_sql(_OTHERS, (state.role, schema))).scalars().all():
        await connection.exec_driver_sql(statement)


def seeing(schema: str, role: str | None, *, local: bool = False) -> tuple[str, str]:
    """The statements by which unqualified names mean a schema's tables and a role's rights count.

    local: until the transaction ends. Without a role the connected user's own rights count.
    """
    scope = "LOCAL " if local else ""
    return f"SET {scope}search_path TO {_quoted(schema)}", f"SET {scope}ROLE {_quoted(role) if role else 'NONE'}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
