"""What a fresh machine meets first: the lock, the set-up, the image."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture import third_party
from tests.architecture.sources import ROOT

PINNED = re.compile(r"^(?P<name>[A-Za-z0-9_.-]+)==(?P<version>[^ ;\\]+)(?P<rest>.*)$", re.MULTILINE)
HASHED = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def locked(file: str) -> dict[str, str]:
    return {found["name"]: found["version"] for found in PINNED.finditer((ROOT / file).read_text())}


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_names_versions_and_hashes_and_no_address(file: str) -> None:
    text = (ROOT / file).read_text()
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(locked(file))
    assert [entry.split()[0] for entry in entries if not HASHED.search(entry)] == []
    assert "://" not in text
    assert not re.search(r"^--(index-url|extra-index-url|find-links)", text, re.MULTILINE)


def test_both_locks_agree() -> None:
    run, dev = locked("requirements.txt"), locked("requirements-dev.txt")
    assert {name: version for name, version in run.items() if dev.get(name) != version} == {}


def test_everything_that_is_asked_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    def names(wanted: list[str]) -> set[str]:
        return {re.split(r"[\[<>=!~; ]", one, maxsplit=1)[0] for one in wanted}

    assert names(project["dependencies"]) - locked("requirements.txt").keys() == set()
    assert names(project["optional-dependencies"]["dev"]) - locked("requirements-dev.txt").keys() == set()


def test_what_runs_imports_nothing_that_only_tests_need() -> None:
    """Tools of the command line may use dev packages; they import them where they are used, and say what is missing."""
    run, provided = locked("requirements.txt"), packages_distributions()
    wanted = {package: where for package, where in third_party.rooms().items() if where - {"app/cli", "app/testing"}}
    missing = {
        package: sorted(where)
        for package, where in wanted.items()
        if not {name.lower().replace("_", "-") for name in provided.get(package.split(".")[0], [])} & run.keys()
    }
    assert missing == {}


def test_a_python_that_is_too_old_gives_one_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.18" && exit 0\nexit 1\n')
    old.chmod(0o755)
    shutil.copytree(ROOT / "scripts", tmp_path / "tree/scripts")
    done = subprocess.run(
        ["sh", tmp_path / "tree/scripts/setup.sh"],
        env={**os.environ, "PYTHON": str(old)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "needs Python 3.11 or later and found Python 3.9.18" in done.stderr
