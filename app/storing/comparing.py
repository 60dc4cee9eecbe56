"""What a module's tables have and its migrations do not make yet: found out on a scratch database that nobody else sees."""

from __future__ import annotations

import importlib
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData

from ..config.sections import Database as Section
from ..telling.refusals import Refused, Site
from ..telling.refusals.storing import NoMetadata
from .address import name_in_database
from .authoring import Changes
from .migrations import VERSIONS
from .pools import Pools

if TYPE_CHECKING:
    from sqlalchemy import Connection

DIALECTS = ("postgresql", "sqlite")


def metadata_of(module: str, package: Path) -> MetaData:
    """The one MetaData that is a name at the top of the module's storage.py, or that of the declarative base there.

    Imports it. Raises Refused(NoMetadata) where there is none, or more than one.
    """
    file = package / "storage.py"
    file = file if file.is_file() else package / "storage" / "__init__.py"
    if not file.is_file():
        raise _none(module, package / "storage.py", "there is no storage.py", "define its tables there")
    try:
        storage = importlib.import_module(f"{package.parent.name}.{module}.storage")
    except Exception as error:
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        raise _none(module, file, f"its storage.py cannot be imported: {said}", "correct it") from error
    found: dict[int, tuple[str, MetaData]] = {}
    for name, value in vars(storage).items():
        metadata = value if isinstance(value, MetaData) else _of_class(value)
        if metadata is not None:
            found.setdefault(id(metadata), (name, metadata))
    if not found:
        raise _none(
            module, file, "its storage.py has none", "write `metadata = MetaData()` there, and give it to each Table"
        )
    if len(found) > 1:
        names = " and ".join(f"`{name}`" for name, _ in found.values())
        raise _none(module, file, f"its storage.py has {len(found)}: {names}", "let all tables share one")
    ((_, metadata),) = found.values()
    return metadata


async def changes_of(module: str, folder: Path | None, metadata: MetaData) -> Changes | None:
    """What brings a database that is migrated to the last revision to the tables; None where nothing is missing.

    Raises Refused where the migrations there are fail on SQLite.
    """
    with tempfile.TemporaryDirectory(prefix="pangaea-") as scratch:
        pools = Pools(Section(url=f"sqlite:///{scratch}/"), Path(scratch), migrations=lambda _: folder)
        pools.database(module)
        await pools.open()
        try:
            _, pool = pools._databases[module]
            async with pool.connection(name_in_database(module), reading=True) as connection:
                return await connection.run_sync(_compare, metadata)
        finally:
            await pools.close()


def _compare(connection: Connection, metadata: MetaData) -> Changes | None:
    from alembic.autogenerate import produce_migrations, render_python_code
    from alembic.operations.ops import DowngradeOps, UpgradeOps
    from alembic.runtime.migration import MigrationContext

    context = MigrationContext.configure(connection, opts={"version_table": VERSIONS, "target_metadata": metadata})
    script = produce_migrations(context, metadata)
    upgrade, downgrade = script.upgrade_ops, script.downgrade_ops
    if upgrade is None or downgrade is None or upgrade.is_empty():
        return None

    def rendered(operations: UpgradeOps | DowngradeOps) -> str:
        # In batches: what SQLite cannot alter it makes anew, and PostgreSQL alters as ever.
        text = "    " + render_python_code(operations, render_as_batch=True, migration_context=context)
        lines = [line for line in text.splitlines() if not line.strip().startswith("# ###")]
        return "\n".join(lines).rstrip().replace(", schema=None) as batch_op", ") as batch_op")

    both = rendered(upgrade), rendered(downgrade)
    return Changes(*both, tuple(_imports("".join(both))))


def _imports(text: str) -> Iterator[str]:
    if re.search(r"\bsa\.", text):
        yield "import sqlalchemy as sa"
    yield from (f"from sqlalchemy.dialects import {name}" for name in DIALECTS if re.search(rf"\b{name}\.", text))
    if re.search(r"(?<![\w.])Text\(", text):  # how the type of JSONB's own texts is written
        yield "from sqlalchemy import Text"


def _of_class(value: Any) -> MetaData | None:
    metadata = getattr(value, "metadata", None) if isinstance(value, type) else None
    return metadata if isinstance(metadata, MetaData) else None


def _none(module: str, file: Path, why: str, cure: str) -> Refused:
    return Refused([NoMetadata(module=module, why=why, cure=cure, sites=(Site(str(file), 1, file.name),))])
