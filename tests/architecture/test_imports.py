"""Who may import whom. import-linter holds the floors; what it cannot say is said here."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import third_party
from tests.architecture.sources import ROOT, Import, files, imports

ALL = [one for path in files("app", "modules") for one in imports(path)]
OWN = [one for one in ALL if "/tests/" not in one.file]


def importers(package: str) -> set[str]:
    return {one.file for one in ALL if one.module.split(".")[0] == package}


def test_the_floors_hold() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_only_the_container_imports_dependency_injector() -> None:
    assert importers("dependency_injector") <= {"app/wiring/container.py"}


def test_only_config_imports_dynaconf() -> None:
    assert {file for file in importers("dynaconf") if not file.startswith(("app/config/", "app/config.py"))} == set()


def test_inside_the_host_imports_are_relative() -> None:
    """So that the host can be installed under another package name."""
    wrong = [str(one) for one in OWN if one.file.startswith("app/") and not one.relative and _head(one) == "app"]
    assert wrong == []


def test_no_room_imports_the_face() -> None:
    """The face looks down on every floor: a room that took a name from it would import upward unseen."""
    face = [str(one) for one in OWN if one.file.startswith("app/") and one.relative and one.module == "app"]
    rooms = {path.name.removesuffix(".py") for path in (ROOT / "app").iterdir()}
    assert [line for line in face if line.rpartition(".")[2] not in rooms] == []


def test_the_host_imports_no_module_and_modules_no_host() -> None:
    host = [str(one) for one in OWN if one.file.startswith("app/") and _head(one) == "modules"]
    modules = [str(one) for one in OWN if one.file.startswith("modules/") and one.module.startswith("app.host")]
    assert host + modules == []


def test_modules_know_the_host_by_its_face() -> None:
    deeper = [str(one) for one in OWN if one.file.startswith("modules/") and one.module.startswith("app.")]
    assert deeper == []


def test_modules_know_each_other_by_contracts() -> None:
    assert [str(one) for one in OWN if one.file.startswith("modules/") and _strays(one)] == []


def _strays(one: Import) -> bool:
    """Whether a module reaches into another one past its contract. A module of one file is its own contract."""
    taken = f"{one.module}.{one.name}".split(".")
    if taken[0] != "modules" or len(taken) < 2:
        return False
    home = one.file.split("/")[1].removesuffix(".py")
    single = (ROOT / "modules" / f"{taken[1]}.py").is_file()
    return taken[1] != home and not single and taken[2:3] != ["contract"]


def test_contracts_import_only_the_face_and_other_contracts() -> None:
    def allowed(one: Import) -> bool:
        if _head(one) in sys.stdlib_module_names or one.module in ("app", "msgspec"):
            return True
        return _head(one) == "modules" and (one.module.endswith(".contract") or one.name == "contract")

    contracts = [one for one in ALL if one.file.endswith("/contract.py") and one.file.startswith("modules/")]
    assert [str(one) for one in contracts if not allowed(one)] == []


def test_third_party_imports_are_those_that_were_agreed() -> None:
    """A difference is no mistake by itself: run `make imports`, and say in the commit why the room needs it."""
    assert (ROOT / "tests/architecture/imports.txt").read_text() == third_party.listing()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("from ..telling import steps", "app/wiring/x.py:1 imports app.telling.steps"),
        ("def f():\n    import grpc.aio", "app/wiring/x.py:2 imports grpc.aio"),
        ("from . import graph", "app/wiring/x.py:1 imports app.wiring.graph"),
    ],
    ids=["relative", "inside a function", "a sibling"],
)
def test_the_reader_of_imports_sees_them_wherever_they_stand(
    text: str, said: str, tree: Callable[[str], Path], tmp_path: Path
) -> None:
    assert [str(one) for one in imports(tree(text), tmp_path)] == [said]


def test_imports_for_type_checkers_do_not_count(tree: Callable[[str], Path], tmp_path: Path) -> None:
    assert imports(tree("if TYPE_CHECKING:\n    import grpc\n"), tmp_path) == []


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a file of one room."""

    def write(text: str) -> Path:
        path = tmp_path / "app/wiring/x.py"
        path.parent.mkdir(parents=True)
        path.write_text(text)
        return path

    return write


def _head(one: Import) -> str:
    return one.module.split(".")[0]
