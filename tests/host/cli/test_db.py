"""`pangaea db`, on both databases: what it shows, applies and writes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.cli import main
from tests.own_modules import own_modules
from tests.postgres import Postgres

MODULE = "from app import Module\nmodule = Module()\n"
STORAGE = """
from sqlalchemy import Column, Integer, MetaData, String, Table

metadata = MetaData()
notes = Table("notes", metadata, Column("id", Integer, primary_key=True), Column("words", String(50)))
"""
KEEPS = """
from app import Database, Module

class Store:
    def __init__(self, database: Database) -> None: ...

module = Module(provide=[Store])
"""
FILES = {
    "notes/__init__.py": "",
    "notes/module.py": MODULE,
    "notes/storage.py": STORAGE,
    "keeper.py": KEEPS,
    "plain.py": MODULE,
}
Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with three modules: one whose tables no migration makes, one that asks for a Database, one that keeps
    nothing."""
    folder = tmp_path / "project"
    (folder / "config").mkdir(parents=True)
    (folder / "config" / "topologies.toml").write_text('[topologies.monolith.processes.main]\nmodules = ["*"]\n')
    with own_modules(folder, FILES):
        monkeypatch.chdir(folder)
        yield folder


@pytest.fixture
def pangaea(root: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """`pangaea("db", "status")`: runs a command against the database; exit code, stdout and stderr."""
    monkeypatch.setenv("PANGAEA_DATABASE_URL", database_url)

    def run(*words: str) -> tuple[int, str, str]:
        code = main(words)
        return code, *capsys.readouterr()

    return run


def test_a_revision_is_written_applied_and_shown(pangaea: Said, root: Path) -> None:
    code, said, _ = pangaea("db", "revision", "notes", "-m", "notes in words", "--autogenerate")
    file = root / "modules" / "notes" / "migrations" / "0001_notes_in_words.py"
    assert (code, said.splitlines()[0]) == (0, f"wrote {file.relative_to(root)}")
    assert file.read_text().startswith('"""Notes in words."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n')
    assert 'revision = "0001"\ndown_revision = None' in file.read_text()

    code, said, _ = pangaea("db", "status", "notes")
    assert (code, said.split()[-3:]) == (0, ["-", "0001", "0001"])
    assert pangaea("check")[1].endswith("contracts.\n")  # a database that nobody has used yet lacks nothing

    code, said, noted = pangaea("db", "upgrade")
    assert code == 0
    assert said.startswith("notes: new → 0001, ")
    assert noted == "notes: 0001 Notes in words.\n"
    assert pangaea("db", "upgrade") == (0, "nothing to do: all migrations are applied\n", "")
    assert pangaea("db", "status", "notes")[1].split()[-3:] == ["0001", "0001", "-"]


def test_what_is_pending_is_told_by_check_and_for_scripts(pangaea: Said, root: Path) -> None:
    assert pangaea("db", "revision", "notes", "-m", "notes", "--autogenerate")[0] == 0
    assert pangaea("db", "upgrade", "notes")[0] == 0
    assert pangaea("db", "revision", "notes", "-m", "")[0] == 0
    assert (root / "modules" / "notes" / "migrations" / "0002.py").is_file()
    code, said, _ = pangaea("check")
    assert (code, said.splitlines()[-1]) == (0, "notes: 0002 pending, see `pangaea db status`")
    assert json.loads(pangaea("check", "--json")[1])["pending"] == {"notes": ["0002"]}
    told = json.loads(pangaea("db", "status", "--json")[1])
    assert told["ok"] is True
    assert {name: facts["pending"] for name, facts in told["modules"].items()} == {"keeper": [], "notes": ["0002"]}
    assert told["modules"]["notes"] | {"database": ""} == {
        "database": "", "revision": "0001", "code": "0002", "pending": ["0002"], "ahead": False, "unreachable": None,
    }  # fmt: skip


def test_a_database_that_newer_code_has_migrated_is_said_to_be_ahead_and_left(pangaea: Said, root: Path) -> None:
    for text in ("one", "two"):
        pangaea("db", "revision", "notes", "-m", text)
    pangaea("db", "upgrade")
    (root / "modules" / "notes" / "migrations" / "0002_two.py").unlink()
    assert "0002      0001  ahead: newer code has been here" in pangaea("db", "status")[1]
    code, _, noted = pangaea("db", "upgrade")
    assert code == 0
    assert "notes: is at 0002, which this code does not know" in noted


def test_a_migration_that_fails_is_told_and_the_others_are_applied(pangaea: Said, root: Path) -> None:
    pangaea("db", "revision", "notes", "-m", "notes", "--autogenerate")
    (root / "modules" / "aside").mkdir()
    (root / "modules" / "aside" / "module.py").write_text(MODULE)
    pangaea("db", "revision", "aside", "-m", "broken")
    broken = root / "modules" / "aside" / "migrations" / "0001_broken.py"
    broken.write_text(broken.read_text().replace("pass", 'op.execute("DELETE FROM nowhere")', 1))
    code, said, noted = pangaea("db", "upgrade")
    assert code == 1
    assert "the migrations of aside failed on" in noted
    assert "notes: new → 0001" in said


def test_tables_are_compared_with_migrations_on_no_database_of_anybodys(pangaea: Said, root: Path) -> None:
    pangaea("db", "revision", "notes", "-m", "notes", "--autogenerate")
    assert "nothing to do" in pangaea("db", "revision", "notes", "-m", "more", "--autogenerate")[1]
    storage = root / "modules" / "notes" / "storage.py"
    storage.write_text(storage.read_text().replace("String(50)", "String(99), nullable=False, server_default=''"))
    import sys

    del sys.modules["modules.notes.storage"]
    assert pangaea("db", "revision", "notes", "-m", "longer", "--autogenerate")[0] == 0
    assert pangaea("db", "upgrade")[0] == 0
    assert not (root / "data").exists()
    written = (root / "modules" / "notes" / "migrations" / "0002_longer.py").read_text()
    assert 'with op.batch_alter_table("notes") as batch_op:' in written
    assert 'down_revision = "0001"' in written


@pytest.mark.parametrize(
    ("storage", "words"),
    [
        ("", "its storage.py has none"),
        ("import nowhere", "its storage.py cannot be imported: ModuleNotFoundError"),
        ("from sqlalchemy import MetaData\na = MetaData()\nb = MetaData()", "has 2: `a` and `b`"),
    ],
)
def test_tables_that_are_not_found_are_refused_with_the_rule(
    storage: str, words: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "modules" / "notes" / "storage.py").write_text(storage)
    assert main(["db", "revision", "notes", "-m", "x", "--autogenerate"]) == 2
    assert words in capsys.readouterr().err
    assert not (root / "modules" / "notes" / "migrations").exists()


def test_a_declarative_base_counts_as_its_metadata(root: Path) -> None:
    (root / "modules" / "notes" / "storage.py").write_text("""
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase): ...

class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
""")
    assert main(["db", "revision", "notes", "-m", "x", "--autogenerate"]) == 0
    assert '"notes"' in (root / "modules" / "notes" / "migrations" / "0001_x.py").read_text()


@pytest.mark.parametrize("text", ['say """hi""" \\', "a\nb\0c", "../../etc/passwd", "\ud800 x", "ü" * 300])
def test_whatever_a_revision_is_called_it_is_a_python_file_in_its_folder(text: str, root: Path) -> None:
    assert main(["db", "revision", "notes", "-m", text]) == 0
    assert main(["db", "upgrade", "notes"]) == 0
    (file,) = (root / "modules" / "notes" / "migrations").glob("*.py")
    assert file.name.startswith("0001")


def test_a_module_of_one_file_has_no_room_for_migrations(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["db", "revision", "keeper", "-m", "x"]) == 2
    assert "move it to modules/keeper/module.py" in capsys.readouterr().err


def test_a_server_that_is_not_there_is_told_in_its_row_and_by_the_exit_code(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = ("--set", "database.url=postgresql://me:hush@127.0.0.1:1/shop")
    assert main(["db", "status", *gone]) == 1
    said = capsys.readouterr().out
    assert "postgresql://me:***@127.0.0.1:1/shop" in said
    assert "unreachable: connection refused" in said
    assert main(["db", "status", "--json", *gone]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["modules"]["keeper"]["unreachable"]) == (False, "connection refused")
    assert main(["db", "upgrade", *gone]) == 1
    assert "is unreachable: connection refused" in capsys.readouterr().err
    assert main(["check", *gone]) == 0


def test_a_child_that_asks_for_a_database_has_a_row_of_its_own(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    child = KEEPS.replace("module = Module(", 'child = Module(name="child", ')
    (root / "modules" / "parent.py").write_text(f"{child}module = Module(modules=[child])\n")
    assert main(["db", "status"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["module", "keeper", "child"]


def test_looking_makes_no_file(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["db", "status"]) == 0
    assert main(["check"]) == 0
    assert not (root / "data").exists()
    (root / "data").mkdir()
    (root / "data" / "keeper.db").write_text("no database " * 200)
    assert main(["db", "status"]) == 1
    assert "unreachable: file is not a database" in capsys.readouterr().out


def test_upgrade_takes_tables_into_the_modules_own_role(pangaea: Said, postgres: Postgres, database_url: str) -> None:
    pangaea("db", "revision", "notes", "-m", "x", "--autogenerate")
    pangaea("db", "upgrade")
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///") + "notes.db")) as file:
            assert file.execute("SELECT count(*) FROM notes").fetchone() == (0,)
        return
    name = database_url.partition("@/")[2].partition("?")[0]
    owners = "SELECT nspname, nspowner::regrole FROM pg_namespace WHERE nspname IN ('notes', 'keeper') ORDER BY 1"
    assert postgres.sql(owners, name).splitlines() == [f'keeper|"{name}.keeper"', f'notes|"{name}.notes"']
