"""Every error of the command line is a sentence and an exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import rich_click as click

from app.cli import main
from app.cli.program import COMMANDS, program
from app.module.failure import Unavailable

ROOT = Path(__file__).parents[3]


def test_help_names_every_command_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    for name in COMMANDS:
        assert name in said
    assert "130 interrupted" in said


@pytest.mark.parametrize(
    "name", [*COMMANDS, "contracts import", "config show", "new module", "db status", "db upgrade", "db revision"]
)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*name.split(), "--help"]) == 0
    assert "Usage" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["chek"], "there is no command `chek`; did you mean `check`?"),
        (["quux"], "there is no command `quux`; there are: run, up, dev,"),
        (["up", "--topologi", "x"], "No such option '--topologi'. Did you mean '--topology'?"),
        (["up", "-t", "microservice"], "did you mean `microservices`?"),
        (["run", "-t", "mixed", "-p", "stor"], "did you mean `store`?"),
        (["graph", "-t", "mixd"], "did you mean `mixed`?"),
        (["call", "Catlog.get_product"], "did you mean `Catalog`?"),
        (["call", "Catalog.get_produkt"], "did you mean `get_product`"),
        (["call", "Catalog.get_product"], "missing required field `id`"),
        (["call", "Catalog.get_product", "id=1", "-t", "nope"], "there is no topology `nope`"),
        (["config", "show", "htp"], "there is no key `htp`; did you mean `http`?"),
        (["config", "show", "--set", "http.prt=3"], "http.port"),
        (["check", "--set", "http.port=many"], "http.port"),
        (["split", "carts", "--into", "x"], "did you mean `cart`?"),
        (["new", "module", "Cart"], "`Cart` cannot be a module's name"),
        (["new", "module", "cart"], "there is a module `cart` already"),
        (["contracts", "--against", "main"], "--against goes with --check"),
        (["contracts", "import", "nowhere.proto"], "nowhere.proto"),
        (["db", "status", "carts"], "there is no module `carts`; did you mean `cart`?"),
        (["db", "upgrade", "catalog"], "`catalog` keeps nothing in a database"),
        (["db", "upgrade", "--set", "database.url=mysql://a:b@c/d"], "mysql is neither postgresql nor sqlite"),
        (["db", "revision", "cart"], "Missing option '-m' / '--message'"),
    ],
)
def test_what_is_wrong_is_one_sentence_on_stderr_and_the_code_2(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(words) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


def test_outside_of_a_project_every_command_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (["up"], ["dev"], ["check"], ["graph"], ["contracts"], ["call", "A.b"], ["config", "show"],
                  ["new", "module", "x"], ["split", "a", "--into", "b"], ["run"], ["db", "status"]):  # fmt: skip
        assert main(words) == 2
        assert "no project here" in capsys.readouterr().err


def test_refusals_are_json_for_scripts(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["check", "--json", "--set", "http.port=many"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    (refusal,) = told["refusals"]
    assert refusal["kind"]
    assert "http.port" in refusal["says"]


def _raising(error: BaseException) -> click.Command:
    @click.command("check")
    def broken() -> None:
        raise error

    return broken


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (FileNotFoundError(2, "No such file or directory", "x/y.svg"), 1, "x/y.svg: no such file or directory."),
        (RuntimeError("odd\nand long"), 1, "RuntimeError: odd\n   this was not foreseen"),
        (Unavailable("nobody there"), 1, "UNAVAILABLE: nobody there"),
        (KeyboardInterrupt(), 130, ""),
        (click.Abort(), 130, ""),
    ],
)
def test_what_happens_on_the_way_has_its_code(
    error: BaseException,
    code: int,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.cli.commands.check.command", _raising(error))
    assert main(["check"]) == code
    said = capsys.readouterr().err
    assert sentence in said
    assert "Traceback" not in said


def test_a_reader_that_leaves_early_is_nothing_to_talk_about() -> None:
    source = (
        "import sys; from app.cli import main; from app.cli.commands import check;"
        "import rich_click as click\n"
        "@click.command()\n"
        "def many():\n"
        "    for n in range(100000): print(n)\n"
        "check.command = many\n"
        "sys.exit(main(['check']))"
    )
    running = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.readline()
    running.stdout.close()
    said = running.stderr.read()
    running.stderr.close()
    assert running.wait() == 1
    assert said == b""


def test_help_reads_no_project_and_imports_no_room() -> None:
    source = (
        "import sys; from app.cli import main; main(['--help']);"
        "print([m for m in ('grpc', 'litestar', 'sqlalchemy', 'structlog', 'dynaconf') if m in sys.modules])"
    )
    said = subprocess.check_output([sys.executable, "-c", source], cwd="/")
    assert said.splitlines()[-1] == b"[]"


def test_the_program_is_the_module_too() -> None:
    done = subprocess.run([sys.executable, "-m", "app", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("pangaea 0")
    assert program.name == "program"
