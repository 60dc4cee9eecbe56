"""A migration that the database does not understand."""

from __future__ import annotations

from pathlib import Path

from app.config.sections import Database
from app.storing.pools import Pools
from tests.projects import written

EXPECTED = """
    the migrations of cart failed on cart.db and were rolled back: OperationalError: no such table: nowhere.
       fix: correct the migration; nothing of it has stayed.
"""

MIGRATION = """
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.execute("DELETE FROM nowhere")
"""


async def wrong(tmp_path: Path) -> object:
    migrations = written(tmp_path / "migrations", {"0001.py": MIGRATION})
    pools = Pools(Database(), tmp_path, migrations=lambda _: migrations)
    pools.database("cart")
    return await pools.open()
