"""`pangaea contracts`: writes the locks beside the code, checks them against it and against what a git ref has."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..calling.schema.docs import MARK, text_of
from ..calling.schema.lock import LockReader
from ..calling.schema.schema import Schema
from ..module.spec import ContractSpec, spec_of
from ..placing.discovery import find
from ..telling.refusals import Refusal, Refused
from ..telling.refusals.contracts import BreakingChange, OrphanLock, StaleLock
from .breaking import compare
from .foreign import Imported as Imported
from .foreign import import_proto as import_proto

_SHOWN = 24
"""Lines of a difference that are shown."""


@dataclass(frozen=True, slots=True)
class Written:
    """What `write` did: the .proto files that it wrote, those that said it already, and those that it removed."""

    changed: tuple[Path, ...]
    unchanged: tuple[Path, ...]
    removed: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """All locks are what the code says. `against`: the git ref they were compared with, empty if none; `note`: why."""

    files: tuple[Path, ...]
    against: str
    note: str


def write(root: Path) -> Written:
    """Write the lock of every contract under `root`. Raises Refused; then nothing is written."""
    texts = texts_of(root)
    changed = [path for path, text in texts.items() if _read(path) != text]
    for path in changed:
        path.write_text(texts[path], "utf-8")
    removed = _orphans(root, texts)
    for path in removed:
        path.unlink()
    return Written(tuple(changed), tuple(path for path in texts if path not in changed), removed)


def check(root: Path, against: str = "") -> Held:
    """Compare the locks with the code, and the code with what a git ref has. Raises Refused with every difference.

    against: a git ref; by default `main`, or the last tag when main is what is checked out. Where there is no git or
    nothing older to compare with, `note` says so. The rules are buf's WIRE_JSON plus RPC_NO_DELETE and
    PACKAGE_SERVICE_NO_DELETE: a field may go once its number and name are reserved, a method or service may not.
    """
    schema = schema_of(root)
    texts = _texts(schema, root)
    refusals: list[Refusal] = []
    for path, text in texts.items():
        if (found := _read(path)) != text:
            refusals.append(StaleLock(file=_shown(path), diff=_difference(found, text), missing=found is None))
    refusals += [OrphanLock(file=_shown(path)) for path in _orphans(root, texts)]
    compared = compare(root, schema, against)
    refusals += [
        BreakingChange(against=compared.ref, file=one.file, what=one.what, rule=one.rule) for one in compared.broken
    ]
    if refusals:
        raise Refused(refusals)
    return Held(tuple(texts), compared.ref, compared.note)


def texts_of(root: Path, locks: LockReader | None = None) -> dict[Path, str]:
    """What every lock under `root` should say. Raises Refused."""
    return _texts(schema_of(root, locks), root)


def schema_of(root: Path, locks: LockReader | None = None) -> Schema:
    """The schema of all contracts under `root`, those of foreign services included. Raises Refused."""
    found = find(root)
    schema = Schema(locks)
    refusals: list[Refusal] = []
    specs: list[ContractSpec] = []
    for name in found.packages:
        try:
            specs += [spec_of(contract) for contract in found.contracts(name)]
        except Refused as refused:
            refusals += refused.refusals
    if refusals:
        raise Refused(refusals)
    schema.add_all(specs)
    for name in found.packages:  # a file may hold messages, failures or events and no contract
        for source in (f"modules.{name}", f"modules.{name}.contract"):
            module = sys.modules.get(source)
            if module is not None and not hasattr(module, "__path__"):
                schema.add_source(source)
    return schema


def _texts(schema: Schema, root: Path) -> dict[Path, str]:
    inside = root.resolve()
    texts: dict[Path, str] = {}
    for unit in sorted(schema.units.values(), key=lambda one: one.path):
        path = Path(unit.lock_path).resolve() if unit.lock_path else None
        if path is not None and path.is_relative_to(inside):
            texts[path] = text_of(schema, unit)
    return texts


def _orphans(root: Path, texts: Mapping[Path, str]) -> tuple[Path, ...]:
    """Locks that we once wrote and that no code stands behind any more."""
    found = sorted((root.resolve() / "modules").rglob("*.proto"))
    return tuple(path for path in found if path not in texts and (_read(path) or "").startswith(MARK))


def _difference(found: str | None, text: str) -> str:
    if found is None:
        return ""
    lines = list(difflib.unified_diff(found.splitlines(), text.splitlines(), lineterm="", n=1))[2:]
    lines = [f"   {line}".rstrip() for line in lines]
    if len(lines) > _SHOWN:
        lines = [*lines[:_SHOWN], f"   … {len(lines) - _SHOWN} more lines"]
    return "\n".join(lines)


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
