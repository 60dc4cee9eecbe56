"""Writes the next migration of a module: its number, what it follows, its name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ..telling.refusals import Refused, Site
from ..telling.refusals.storing import NoRoomForMigrations
from .revisions import read_revisions

LONGEST_NAME = 40
"""Characters of the text that stand in the file's name."""
_BODY = '''"""{doc}"""

{imports}from alembic import op

revision = "{name}"
down_revision = {after}


def upgrade() -> None:
{upgrade}


def downgrade() -> None:
{downgrade}
'''


@dataclass(frozen=True, slots=True)
class Draft:
    """A migration that is not written yet."""

    file: Path
    name: str
    after: str | None
    doc: str


@dataclass(frozen=True, slots=True)
class Changes:
    """The statements of both directions, indented, and what they import besides Alembic's `op`."""

    upgrade: str = "    pass"
    downgrade: str = "    pass"
    imports: tuple[str, ...] = ()


def next_revision(module: str, package: Path, text: str) -> Draft:
    """The revision after a module's last, numbered on. package: the module's folder. text: what it does.

    Raises Refused(BrokenMigrations, NoRoomForMigrations).
    """
    if not package.is_dir():
        site = Site(str(package.with_suffix(".py")), 1, module)
        raise Refused([NoRoomForMigrations(module=module, sites=(site,))])
    folder = package / "migrations"
    line = read_revisions(module, folder) if folder.is_dir() else ()
    numbers = [int(revision.name) for revision in line if revision.name.isascii() and revision.name.isdigit()]
    name = f"{max(numbers, default=len(line)) + 1:04}"
    doc = _sentence(text) or f"Revision {name}."
    words = re.sub(r"[^a-z0-9]+", "_", text.lower())[:LONGEST_NAME].strip("_")
    file = folder / (f"{name}_{words}.py" if words else f"{name}.py")
    return Draft(file, name, line[-1].name if line else None, doc)


def write(draft: Draft, changes: Changes | None = None) -> Path:
    """Write a draft into its file, whose folder is made; without changes it has nothing in it yet."""
    changes = changes or Changes()
    imports = "".join(f"{line}\n" for line in changes.imports)
    after = f'"{draft.after}"' if draft.after is not None else "None"
    body = _BODY.format(
        doc=draft.doc.replace("\\", "\\\\").replace('""', '\\"\\"'), imports=imports, name=draft.name, after=after,
        upgrade=changes.upgrade, downgrade=changes.downgrade,
    )  # fmt: skip
    draft.file.parent.mkdir(exist_ok=True)
    with draft.file.open("x", encoding="utf-8") as file:
        file.write(body)
    return draft.file


def _sentence(text: str) -> str:
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if not words:
        return ""
    return words[0].upper() + words[1:] + ("" if words[-1] in ".!?…" else ".")
