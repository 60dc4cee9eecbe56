"""What `check` and `config show` print, for people and for scripts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app.cli import main

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("PANGAEA_DATA_DIR", str(tmp_path / "data"))  # whatever has run here before, or runs now


def test_check_shows_every_process_of_every_topology(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    said = capsys.readouterr().out
    for word in ("monolith", "microservices", "mixed", "shop", "store", "cart × 2", "http 127.0.0.1:8080"):
        assert word in said
    assert re.search(r"\n\d+ topologies hold: \d+ modules, \d+ contracts\.\n$", said)


def test_check_stays_narrow_however_many_modules_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 132
    head, first, second = lines[:3]
    modules, serves = head.index("modules"), head.index("serves")
    assert first[modules:serves].rstrip().endswith(",")
    assert second[:modules].strip() == ""
    assert (first[serves:].split()[0], second[serves:].split()[0]) == ("http", "grpc")


def test_check_shows_whom_a_process_calls_outside_of_the_deployment(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    _, _, polyglot = capsys.readouterr().out.partition("\npolyglot")
    assert all(f"{name} (external)" in polyglot for name in ("currency", "shipping", "payment"))


def test_check_tells_scripts_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    assert told["topologies"]["mixed"]["processes"]["cart"]["replicas"] == 2


def test_check_tells_what_is_wrong_with_a_graph_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import subprocess
    import sys

    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "topologies.toml").write_text('[topologies.monolith.processes.main]\nmodules = ["*"]\n')
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "__init__.py").touch()
    (tmp_path / "modules" / "broken.py").write_text(
        "from app import Module\nclass Wanted: ...\nclass Asking:\n    def __init__(self, wanted: Wanted) -> None: ...\n"
        "module = Module(provide=[Asking])\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "app", "check", "--json"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    (refusal,) = json.loads(done.stdout)["refusals"]
    assert "Wanted" in refusal["says"]
    assert "modules/broken.py" in done.stderr


def test_config_shows_values_and_where_they_came_from(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANGAEA_GRPC_PORT", "9191")
    assert main(["config", "show", "http", "grpc.port", "modules.cart", "--origin", "--set", "http.port=8181"]) == 0
    lines = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines()}
    assert lines["http.port"] == ["http.port", "8181", "option", "--set", "http.port"]
    assert lines["grpc.port"] == ["grpc.port", "9191", "variable", "PANGAEA_GRPC_PORT"]
    assert lines["http.host"][2].startswith("config/settings.toml:")
    assert lines["modules.cart.max_lines"][2] == "default"
    assert "grpc.host" not in lines


def test_config_masks_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--set", "deployment.key=open-sesame", "--set", "database.url=postgresql://shop:open-sesame@db/shop"]
    options += ["--set", "database.replica_url=postgresql://shop:open-sesame@copy/shop"]
    options += ["--set", f"identity.key={'open-sesame' * 3}"]
    for words in ([], ["--json"], ["--origin"]):
        assert main(["config", "show", *words, *options]) == 0
        said = capsys.readouterr().out
        assert "open-sesame" not in said
        assert "deployment.key" in said
