"""A migration that the database does not understand."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from app.config.sections import Database
from app.storing.pools import Pools
from tests.projects import written

EXPECTED = (
    "the migrations of cart failed on ",
    "/cart.db and were rolled back: OperationalError: no such table: nowhere",
    "fix: correct the migration; nothing of it has stayed",
)

MIGRATION = """
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.execute("DELETE FROM nowhere")
"""


def wrong() -> object:
    with tempfile.TemporaryDirectory() as folder:
        migrations = written(Path(folder, "migrations"), {"0001.py": MIGRATION})
        pools = Pools(Database(), Path(folder), migrations=lambda _: migrations)
        pools.database("cart")
        return asyncio.run(pools.open())
