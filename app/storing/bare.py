"""Statements name tables without a schema: one that names a schema is refused while it is compiled, before it is sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy.sql.compiler import IdentifierPreparer

from ..telling.refusals import Refused
from ..telling.refusals.storing import SchemaNamed
from .without_orm import AsyncEngine

CATALOGUES = frozenset(("pg_catalog", "information_schema"))
"""Schemas of the server itself, which SQLAlchemy asks which tables there are."""
_TRANSLATED = "__[SCHEMA_"
"""How SQLAlchemy marks a place that a `schema_translate_map` fills later."""


def keep_bare(engine: AsyncEngine) -> None:
    """Refuse schemas in whatever this engine compiles. Costs nothing afterwards: compiled statements are cached."""
    dialect = engine.dialect
    preparer: Any = type("Bare", (_Bare, dialect.preparer), {})
    dialect.preparer = preparer
    dialect.identifier_preparer = preparer(dialect)


class _Bare(IdentifierPreparer):
    def quote_schema(self, schema: str) -> str:
        if schema in CATALOGUES:
            return super().quote_schema(schema)
        name = schema[len(_TRANSLATED) : -1] if schema.startswith(_TRANSLATED) else schema
        raise Refused([SchemaNamed(schema=name)])
