"""A module's migrations as a line of revisions, read from the files without importing or running them."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..telling.refusals import Refused, Site
from ..telling.refusals.storing import BrokenMigrations

LONGEST = 32
"""Characters of a revision's name that Alembic's table of versions takes."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One migration: its name, the one before it, and what it says it does."""

    name: str
    after: str | None
    doc: str
    file: Path


def migrations_of(module: str, package: str = "modules") -> Path | None:
    """The folder of a module's migrations; None where it has none. Imports nothing of the module."""
    try:
        found = importlib.util.find_spec(f"{package}.{module}")
    except (ImportError, ValueError):
        return None
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder, "migrations")
        if path.is_dir():
            return path
    return None


def read_revisions(module: str, folder: Path) -> tuple[Revision, ...]:
    """All revisions from the first to the last. Raises Refused(BrokenMigrations) where they are no line."""
    revisions = [_read(module, file) for file in sorted(folder.glob("*.py")) if not file.name.startswith("_")]
    by_before: dict[str | None, Revision] = {}
    names = {revision.name for revision in revisions}
    for n, revision in enumerate(revisions):
        if any(revision.name == earlier.name for earlier in revisions[:n]):
            raise _broken(module, revision.file, f"say {revision.name!r} twice", "give each revision its own name")
        if revision.after is not None and revision.after not in names:
            raise _broken(module, revision.file, f"miss {revision.after!r}, which {revision.name!r} follows",
                          "name the revision before it in `down_revision`")  # fmt: skip
        if (other := by_before.get(revision.after)) is not None:
            before = f"follow {revision.after!r}" if revision.after else "are the first"
            raise _broken(module, revision.file, f"fork: both {other.name!r} and {revision.name!r} {before}",
                          f"let {revision.name!r} follow {other.name!r}")  # fmt: skip
        by_before[revision.after] = revision
    line: list[Revision] = []
    at = by_before.get(None)
    while at is not None:
        line.append(at)
        at = by_before.get(at.name)
    if len(line) < len(revisions):
        lost = next(revision for revision in revisions if revision not in line)
        raise _broken(module, lost.file, f"never reach {lost.name!r}", "let the first have `down_revision = None`")
    return tuple(line)


def pending(revisions: Sequence[Revision], current: str | None) -> tuple[Revision, ...] | None:
    """The revisions that come after the current one; None where the current one is unknown: the database is newer."""
    if current is None:
        return tuple(revisions)
    for n, revision in enumerate(revisions):
        if revision.name == current:
            return tuple(revisions[n + 1 :])
    return None


def _read(module: str, file: Path) -> Revision:
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise _broken(module, file, f"cannot be read: {error.msg}", "correct the file", error.lineno or 0) from None
    values: dict[str, Any] = {}
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and target.id in ("revision", "down_revision"):
                values[target.id] = _constant(getattr(statement, "value", None))
    name, after = values.get("revision"), values.get("down_revision", "")
    if not isinstance(name, str) or not name or not (after is None or (isinstance(after, str) and after)):
        raise _broken(module, file, f"hold {file.name}, which does not say what it follows",
                      'write `revision = "0002"` and `down_revision = "0001"`')  # fmt: skip
    if len(name) > LONGEST:
        raise _broken(module, file, f"hold {name!r}, which is longer than {LONGEST} characters", "shorten its name")
    doc = (ast.get_docstring(tree) or "").partition("\n")[0]
    return Revision(name, after, doc, file)


def _constant(node: ast.AST | None) -> Any:
    return node.value if isinstance(node, ast.Constant) else ""


def _broken(module: str, file: Path, why: str, cure: str, line: int = 1) -> Refused:
    return Refused([BrokenMigrations(module=module, why=why, cure=cure, sites=(Site(str(file), line, file.name),))])
