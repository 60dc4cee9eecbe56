"""`up` and `dev`: several processes of a small project, seen from the terminal."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.cli.together import Together, children, process_of
from app.host.project import Project

pytestmark = pytest.mark.timeout(100)

TOPOLOGIES = """\
[topologies.monolith.processes.main]
modules = ["*"]

[topologies.apart.processes.greeter]
modules = ["greeter"]
replicas = 2

[topologies.apart.processes.door]
edges = ["*"]
"""
GREETER = """\
from app import Contract, Message, Module, query


class Greeting(Message):
    text: str


class Greeter(Contract):
    @query()
    async def greet(self, name: str) -> Greeting: ...


class Greet(Greeter):
    async def greet(self, name: str) -> Greeting:
        return Greeting(f"Hello, {name}")


module = Module(exports=[Greeter.by(Greet)])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "topologies.toml").write_text(TOPOLOGIES)
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "__init__.py").touch()
    (tmp_path / "modules" / "greeter.py").write_text(GREETER)
    return tmp_path


class Terminal:
    """A running command, and what it has written."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []

    async def until(self, word: str) -> str:
        """Read on until a line that holds a word."""
        assert self.process.stdout is not None
        while line := (await self.process.stdout.readline()).decode():
            self.lines.append(line.rstrip())
            if word in line:
                return line.rstrip()
        raise AssertionError(f"{word!r} was never said:\n" + "\n".join(self.lines))

    async def stopped(self) -> int:
        self.process.send_signal(signal.SIGINT)
        assert self.process.stdout is not None
        self.lines += (await self.process.stdout.read()).decode().splitlines()
        return await self.process.wait()


async def terminal(folder: Path, *words: str, **variables: str) -> Terminal:
    environ = {**os.environ, "PANGAEA_HTTP_PORT": "0", "PANGAEA_GRPC_PORT": "0", **variables}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", *words),
        cwd=folder,
        env=environ,
        start_new_session=True,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    return Terminal(process)


@pytest.fixture
async def running() -> AsyncIterator[list[Terminal]]:
    """What is put here is killed in the end; its children follow by themselves."""
    started: list[Terminal] = []
    yield started
    for one in started:
        if one.process.returncode is None:
            one.process.kill()
            await one.process.wait()


async def test_up_shows_who_says_what_and_where_to_knock(folder: Path, running: list[Terminal]) -> None:
    up = await terminal(folder, "up", "--topology", "apart")
    running.append(up)
    assert "apart: 3 processes are ready in" in await up.until("processes are ready")
    await up.until("Ctrl-C stops it all")
    assert any(line.startswith("greeter-0 │ ") for line in up.lines)
    assert any(line.startswith("greeter-1 │ ") for line in up.lines)
    (door,) = [line for line in up.lines if "http (door)" in line]
    assert "http://127.0.0.1:" in door
    assert await up.stopped() == 0
    stops = [line.split(" ")[0] for line in up.lines if " stopped " in line]
    assert stops[0] == "door"
    assert sorted(stops) == ["door", "greeter-0", "greeter-1"]


@pytest.mark.skipif(sys.platform != "linux", reason="forks are Linux's")
@pytest.mark.parametrize(("first", "forks"), [("import sys", True), ("kept = open('/dev/null')", False)])
async def test_an_import_that_leaves_a_file_open_is_made_by_each_process(
    folder: Path, running: list[Terminal], first: str, forks: bool
) -> None:
    (folder / "modules" / "greeter.py").write_text(
        f"{first}\nimport os\nprint('imported by', os.getpid(), flush=True)\n{GREETER}"
    )
    up = await terminal(folder, "up", "--topology", "apart")
    running.append(up)
    await up.until("Ctrl-C stops it all")
    assert await up.stopped() == 0
    imported = {line.rpartition(" ")[2] for line in up.lines if "imported by" in line}
    assert (imported == {str(up.process.pid)}) is forks


async def test_for_machines_lines_have_no_prefix_but_name_their_process(folder: Path, running: list[Terminal]) -> None:
    up = await terminal(folder, "up", "--topology", "apart", "--set", "log.format=json")
    running.append(up)
    await up.until("Ctrl-C stops it all")
    assert await up.stopped() == 0
    told = [json.loads(line) for line in up.lines if line.startswith("{")]
    ready = {line["process"] for line in told if line["event"] == "ready"}
    assert ready == {"greeter-0", "greeter-1", "door"}


async def test_a_plan_that_does_not_hold_is_refused_once_and_starts_nothing(folder: Path) -> None:
    (folder / "config" / "topologies.toml").write_text(
        TOPOLOGIES.replace('modules = ["greeter"]', 'modules = ["greter"]')
    )
    up = await terminal(folder, "up", "--topology", "apart")
    assert up.process.stdout is not None
    said = (await up.process.stdout.read()).decode()
    assert await up.process.wait() == 2
    assert said.count("did you mean `greeter`?") == 1
    assert "│" not in said


async def test_dev_starts_anew_on_a_change_and_outlives_a_broken_one(folder: Path, running: list[Terminal]) -> None:
    file = folder / "modules" / "greeter.py"
    dev = await terminal(folder, "dev")
    running.append(dev)
    await dev.until("Ctrl-C stops it all")
    file.write_text(f"{GREETER}\ndef broken(:\n")
    await dev.until("modules/greeter.py changed: starting anew")
    await dev.until("main was refused:")
    assert "SyntaxError" in await dev.until("module `greeter` cannot be imported")
    file.write_text(GREETER)
    await dev.until("main is ready again")
    assert await dev.stopped() == 0


def test_each_replica_is_a_command_of_its_own(folder: Path) -> None:
    project = Project(folder, "production", ("http.port=8181",))
    name, topology = project.topologies.find("apart")
    made = children(project, name, topology)
    assert [child.name for child in made] == ["greeter-0", "greeter-1", "door"]
    assert [child.edge for child in made] == [False, False, True]
    assert made[1].environ == {"PANGAEA_REPLICA": "1"}
    assert process_of(made[1]) == "greeter"
    words = made[2].command[3:]
    assert words == (
        "run", "--topology", "apart", "--process", "door", "--root", str(folder), "--environment", "production",
        "--set", "http.port=8181",
    )  # fmt: skip


def test_the_summary_says_what_is_answered_by_others_and_where(folder: Path) -> None:
    with (folder / "config" / "topologies.toml").open("a") as file:
        file.write('\n[topologies.apart.external.weather]\ncontract = "acme.Forecast"\naddress = "127.0.0.1:7000"\n')
        file.write('[topologies.apart.external.moon]\ncontract = "acme.Moon"\naddress = "127.0.0.1:7001"\n')
    together = Together(Project(folder, environ={"PANGAEA_ADDRESS_MOON": "moon.internal:80"}), "apart")
    assert [line.split() for line in together.summary(()).splitlines() if "acme" in line] == [
        ["acme.Forecast", "(weather)", "127.0.0.1:7000"],
        ["acme.Moon", "(moon)", "moon.internal:80"],
    ]
