"""`run` is read without a parser library, and in the same way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.cli import main, quick
from app.cli.commands import run as full
from app.cli.quick import RunOptions, read_run


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (["run"], RunOptions()),
        (["run", "--topology", "mixed", "-p", "cart"], RunOptions("mixed", "cart")),
        (["run", "--topology=mixed", "--set", "a.b=c", "-s", "d=e=f"], RunOptions("mixed", sets=["a.b=c", "d=e=f"])),
        (["run", "-e", "production", "--root", "/"], RunOptions(environment="production", root=Path("/"))),
    ],
)
def test_options_are_read_as_click_reads_them(
    words: list[str], options: RunOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_run(words) == options
    seen: list[RunOptions] = []

    def note(given: RunOptions) -> int:
        seen.append(given)
        return 0

    monkeypatch.setattr(full, "run_process", note)
    full.command.main(words[1:], standalone_mode=False)
    assert seen == [options]


@pytest.mark.parametrize(
    "words",
    [[], ["check"], ["run", "--help"], ["run", "extra"], ["run", "--topology"], ["run", "--topology", "--set"],
     ["run", "--topologi", "mixed"]],
)  # fmt: skip
def test_whatever_deserves_an_explanation_is_left_to_click(words: list[str]) -> None:
    assert read_run(words) is None


def test_running_imports_no_parser(tmp_path: Path) -> None:
    source = (
        "import sys; from app.cli import main; code = main(['run', '--root', sys.argv[1]]);"
        "print(code, [m for m in ('click', 'rich', 'rich_click') if m in sys.modules])"
    )
    done: Any = subprocess.run(
        [sys.executable, "-c", source, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "2 []\n"
    assert done.stderr.startswith("no project here: neither")


def test_an_interrupt_before_there_is_a_loop_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_start: Path | None) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr("app.host.project.project_root", interrupted)
    monkeypatch.setattr("app.host.project_root", interrupted, raising=False)
    assert quick.run(RunOptions()) == 130


def test_an_interrupt_at_any_moment_is_130_and_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(quick, "run_quickly", interrupted)
    assert main(["run"]) == 130
