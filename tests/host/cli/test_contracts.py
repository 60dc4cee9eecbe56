"""`pangaea contracts`: what it writes, what it refuses, and what breaks callers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import Refused
from app.cli import breaking
from app.cli.contracts import check, write
from app.telling.refusals.contracts import BreakingChange, LockBroken, NoBuf, NoComparison, OrphanLock, StaleLock
from tests.own_modules import forget, git, own_modules

ADDER = '''
from __future__ import annotations
from app import Contract, Message, Module, NotFound, query

class Sum(Message):
    """What comes out."""
    value: int
    """In all."""
    note: str = ""

class TooLarge(NotFound, says="{limit} is the most"):
    limit: int

class Adder(Contract):
    """Adds."""

    @query(raises=[TooLarge])
    async def add(self, a: int, b: int = 0) -> Sum:
        """Add two numbers."""
        ...

    @query()
    async def negate(self, a: int) -> Sum: ...

module = Module()
'''

LOCK = """// Written by `pangaea contracts` from adder.py: the lock of its numbers. Commit it.
syntax = "proto3";

package adder;

// Adds.
service Adder {
  // Add two numbers.
  // Raises TooLarge.
  rpc Add(AddRequest) returns (Sum) {
    option idempotency_level = NO_SIDE_EFFECTS;
  }

  rpc Negate(NegateRequest) returns (Sum) {
    option idempotency_level = NO_SIDE_EFFECTS;
  }
}

message AddRequest {
  int64 a = 1;
  int64 b = 2;
}

message NegateRequest {
  int64 a = 1;
}

// What comes out.
message Sum {
  // In all.
  int64 value = 1;
  string note = 2;
}

// Failure NOT_FOUND: {limit} is the most
message TooLarge {
  int64 limit = 1;
}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with one module of one file."""
    monkeypatch.chdir(tmp_path)
    with own_modules(tmp_path, {"adder.py": ADDER}):
        yield tmp_path


@pytest.fixture
def change(project: Path) -> Callable[[str, str], None]:
    def edit(before: str, after: str) -> None:
        file = project / "modules" / "adder.py"
        assert before in file.read_text()
        file.write_text(file.read_text().replace(before, after))
        forget()

    return edit


@pytest.fixture
def committed(project: Path) -> Path:
    """The project with its lock, on `main`, and a branch `work` checked out."""
    write(project)
    forget()
    git(project, "init", "-q", "-b", "main")
    git(project, "add", ".")
    git(project, "commit", "-qm", "one")
    git(project, "checkout", "-qb", "work")
    git(project, "commit", "--allow-empty", "-qm", "two")
    return project


Change = Callable[[str, str], None]


def test_the_lock_is_written_beside_the_code(project: Path) -> None:
    written = write(project)
    assert [path.relative_to(project) for path in written.changed] == [Path("modules/adder.proto")]
    assert (project / "modules" / "adder.proto").read_text() == LOCK


def test_writing_again_changes_nothing(project: Path) -> None:
    write(project)
    forget()
    written = write(project)
    assert (written.changed, [path.name for path in written.unchanged]) == ((), ["adder.proto"])


def test_a_missing_lock_is_refused(project: Path) -> None:
    with pytest.raises(Refused, match=r"modules/adder\.proto is missing") as caught:
        check(project)
    assert isinstance(caught.value.refusals[0], StaleLock)


def test_a_lock_that_the_code_has_left_behind_is_shown_as_a_difference(project: Path, change: Change) -> None:
    write(project)
    change('note: str = ""', 'remark: str = ""')
    with pytest.raises(Refused) as caught:
        check(project)
    assert (
        str(caught.value)
        == """\
modules/adder.proto is not what the code says:
   @@ -29,5 +29,8 @@
    message Sum {
   +  reserved 2;
   +  reserved "note";
   +
      // In all.
      int64 value = 1;
   -  string note = 2;
   +  string remark = 3;
    }
   + is missing in the file, - is too much.
   fix: run `pangaea contracts` and commit the file."""
    )


def test_a_renamed_field_is_one_removed_and_one_added(committed: Path, change: Change) -> None:
    change('note: str = ""', 'remark: str = ""')
    write(committed)
    forget()
    assert check(committed).against == "main"


def test_a_lock_without_code_is_refused_and_removed_by_writing(project: Path, change: Change) -> None:
    write(project)
    forget()
    (project / "modules" / "adder.py").rename(project / "modules" / "summer.py")
    with pytest.raises(Refused) as caught:
        check(project)
    assert {type(refusal) for refusal in caught.value.refusals} == {OrphanLock, StaleLock}
    forget()
    assert [path.name for path in write(project).removed] == ["adder.proto"]


def test_a_type_that_changes_under_its_number_is_refused(project: Path, change: Change) -> None:
    write(project)
    change("value: int", "value: str")
    with pytest.raises(Refused, match=r"Sum\.value is string now and was int64 under number 1") as caught:
        write(project)
    assert isinstance(caught.value.refusals[0], LockBroken)
    assert (project / "modules" / "adder.proto").read_text() == LOCK


def test_where_there_is_no_git_it_says_so(project: Path) -> None:
    write(project)
    forget()
    held = check(project)
    assert (held.against, held.note) == ("", "not compared with anything older: there is no git repository here")
    forget()
    with pytest.raises(Refused, match="there is no git repository here"):
        check(project, "main")


def test_the_first_contracts_of_a_project_are_no_breaking_change(project: Path) -> None:
    git(project, "init", "-q", "-b", "main")
    write(project)
    forget()
    assert check(project).note == "not compared with anything older: there is neither a branch main nor a tag"
    git(project, "commit", "--allow-empty", "-qm", "empty")
    forget()
    assert check(project).note == "main has no contracts yet"


def test_a_method_that_goes_breaks_callers(committed: Path, change: Change) -> None:
    change("    @query()\n    async def negate(self, a: int) -> Sum: ...\n", "")
    write(committed)
    forget()
    with pytest.raises(Refused) as caught:
        check(committed)
    (refusal,) = caught.value.refusals
    assert isinstance(refusal, BreakingChange)
    assert (refusal.against, refusal.rule) == ("main", "RPC_NO_DELETE")
    assert 'breaks callers of main: Previously present RPC "Negate" on service "Adder"' in refusal.says()


def test_a_lock_that_was_rewritten_by_hand_breaks_callers(committed: Path, change: Change) -> None:
    lock = committed / "modules" / "adder.proto"
    lock.write_text(lock.read_text().replace("int64 value = 1", "int64 value = 5"))
    with pytest.raises(Refused) as caught:
        check(committed)
    assert {type(refusal) for refusal in caught.value.refusals} == {BreakingChange}


def test_a_module_may_grow_from_a_file_into_a_package(committed: Path) -> None:
    modules = committed / "modules"
    (modules / "adder").mkdir()
    (modules / "adder.py").rename(modules / "adder" / "contract.py")
    (modules / "adder.proto").rename(modules / "adder" / "contract.proto")
    (modules / "adder" / "__init__.py").write_text("")
    write(committed)
    forget()
    assert check(committed).against == "main"


def test_on_main_the_last_tag_is_what_counts(committed: Path, change: Change) -> None:
    git(committed, "checkout", "-q", "main")
    assert check(committed).against == "main"
    forget()
    git(committed, "tag", "-a", "v1", "-m", "v1")
    assert check(committed).against == "v1"


def test_a_ref_that_is_not_there_is_refused(committed: Path) -> None:
    with pytest.raises(Refused, match="git knows no such ref") as caught:
        check(committed, "nowhere")
    assert isinstance(caught.value.refusals[0], NoComparison)


def test_an_older_contract_that_cannot_be_read_is_refused(committed: Path) -> None:
    lock = committed / "modules" / "adder.proto"
    lock.write_text("message {")
    git(committed, "commit", "-qam", "broken")
    lock.write_text(LOCK)
    with pytest.raises(Refused, match=r"modules/adder\.proto:1 there cannot be read"):
        check(committed, "work")


def test_without_buf_it_says_what_to_install(committed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaking.shutil, "which", lambda *_, **__: None)
    with pytest.raises(Refused, match="pip install buf-bin") as caught:
        check(committed)
    assert isinstance(caught.value.refusals[0], NoBuf)
