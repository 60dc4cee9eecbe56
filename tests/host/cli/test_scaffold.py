"""A new module is complete: it is tested, checked, placed and called at once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.scaffold import check_name
from app.telling.refusals import Refused

ROOT = Path(__file__).parents[3]
TOPOLOGIES = """\
[topologies.monolith.processes.main]
modules = ["*"]

[topologies.apart.processes.edge]
edges = ["*"]
"""


def pangaea(folder: Path, *words: str, module: str = "app") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "topologies.toml").write_text(TOPOLOGIES)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("options", "test"),
    [((), "modules/gift_cards/tests/test_gift_cards.py"), (("--file",), "tests/modules/test_gift_cards.py")],
)
def test_a_new_module_passes_its_tests_and_every_check(folder: Path, options: tuple[str, ...], test: str) -> None:
    made = pangaea(folder, "new", "module", "gift_cards", *options)
    assert made.returncode == 0, made.stderr
    assert f"test it: pytest {test}" in made.stdout
    assert "place it in apart: pangaea split gift_cards --into gift_cards --topology apart" in made.stdout

    placed = pangaea(folder, "split", "gift_cards", "--into", "gift_cards", "--topology", "apart")
    assert placed.returncode == 0, placed.stderr
    checked = pangaea(folder, "check")
    assert checked.returncode == 0, checked.stderr
    assert pangaea(folder, "contracts", "--check").returncode == 0
    linted = pangaea(folder, "check", "--ignore", "I001", module="ruff")  # here `app` is nobody's first party
    assert linted.returncode == 0, linted.stdout
    formatted = pangaea(folder, "format", "--check", module="ruff")
    assert formatted.returncode == 0, formatted.stdout
    tested = pangaea(folder, "-q", "-p", "no:cacheprovider", test, module="pytest")
    assert tested.returncode == 0, tested.stdout
    assert "4 passed" in tested.stdout

    again = pangaea(folder, "new", "module", "gift_cards", *options)
    assert again.returncode == 2
    assert "there is a module `gift_cards` already" in again.stderr


@pytest.mark.parametrize("name", ["a", "gift_cards", "v2", "a1_b2"])
def test_names_that_modules_can_have(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "Gift", "gift-cards", "2nd", "_x", "x_", "a__b", "class", "match", "tests", "test_x", "app", "greeting",
             "../up", "a.b"]
)  # fmt: skip
def test_names_that_modules_cannot_have(name: str) -> None:
    with pytest.raises(Refused, match="cannot be a module's name"):
        check_name(name)
