"""The image, without an engine to build it: its steps are read, and what it would run is run in a copy of its files."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT


def instructions() -> list[str]:
    """The Dockerfile's, each in one line."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def only(instruction: str) -> str:
    """What stands behind an instruction that is there once."""
    (found,) = [line for line in instructions() if line.split()[0] == instruction]
    return found.partition(" ")[2]


def listed(instruction: str) -> list[str]:
    """An instruction in its JSON form."""
    text = only(instruction)
    return json.loads(text[text.index("[") :])


def environment() -> dict[str, str]:
    """What the image sets."""
    return dict(pair.split("=", 1) for pair in only("ENV").split())


def admitted() -> list[str]:
    """What the ignore file lets in."""
    return [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]


def test_it_installs_what_is_locked_and_nothing_from_elsewhere() -> None:
    assert [line for line in instructions() if line.startswith("FROM")] == [
        "FROM python:3.11-slim AS build",
        "FROM python:3.11-slim",
    ]
    assert any("--require-hashes -r requirements.txt" in line for line in instructions())
    assert [line for line in instructions() if re.search(r"\b(curl|wget|apt-get|git)\b", line)] == []


def test_it_runs_as_nobody_special() -> None:
    assert int(only("USER")) > 0


def test_it_holds_every_folder_that_runs_and_no_secret() -> None:
    assert {"app", "modules", "config", "requirements.txt"} <= set(admitted())
    assert [name for name in admitted() if not (ROOT / name).exists()] == []
    assert "config/.secrets.toml" in (ROOT / ".dockerignore").read_text().splitlines()


@pytest.mark.parametrize(
    "part",
    [{}, {"PANGAEA_TOPOLOGY": "microservices", "PANGAEA_PROCESS": "catalog"}],
    ids=["the monolith", "the first process of another topology"],
)
def test_a_container_gets_ready_is_found_healthy_and_leaves_when_told(part: dict[str, str], tmp_path: Path) -> None:
    management = str(port())
    moved = {
        "PANGAEA_DATA_DIR": str(tmp_path / "data"),
        "PANGAEA_HTTP_HOST": "127.0.0.1",  # nothing of a test is open to the outside
        "PANGAEA_GRPC_HOST": "127.0.0.1",
        "PANGAEA_HTTP_PORT": "0",
        "PANGAEA_GRPC_PORT": "0",
        "PANGAEA_MANAGEMENT_PORT": management,
        "PANGAEA_LIFE_LAME_DUCK": "0",
        "PANGAEA_IDENTITY_KEY": "a secret that a deployment would make for itself",
    }
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PANGAEA_")}
    environ |= {**environment(), **moved, **part, "PATH": os.environ["PATH"]}
    with container(image(tmp_path), environ) as process:
        check = [sys.executable, *listed("HEALTHCHECK")[1:]]
        said = [subprocess.run(check, env=environ, capture_output=True, text=True, check=False)]
        while said[-1].returncode and len(said) < 3:  # as often as an engine asks before it takes one for unhealthy
            said.append(subprocess.run(check, env=environ, capture_output=True, text=True, check=False))
        assert said[-1].returncode == 0, said[-1].stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


def test_what_is_not_alive_is_found_so(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # so that nobody else comes to listen there
        environ = {**os.environ, "PANGAEA_MANAGEMENT_PORT": str(nobody.getsockname()[1])}
        health = [sys.executable, *listed("HEALTHCHECK")[1:]]
        assert subprocess.run(health, env=environ, capture_output=True, check=False).returncode != 0


def port() -> int:
    """One that is free, and stays so: below those that the system picks for whoever asks for any."""
    for number in range(20_000 + os.getpid() % 10_000, 32_000):
        with suppress(OSError), socket.create_server(("127.0.0.1", number)):
            return number
    raise AssertionError("no port is free")


def image(tmp_path: Path) -> Path:
    """A copy of the files that the image holds."""
    folder = tmp_path / "image"
    folder.mkdir()
    for name in admitted():
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "tests", ".secrets.toml", "settings.local.toml")
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name)
    return folder


@contextmanager
def container(folder: Path, environ: dict[str, str]) -> Generator[subprocess.Popen[bytes]]:
    """The image's command, from when it is ready."""
    command = [*listed("ENTRYPOINT"), *listed("CMD")]
    assert command[0] == "python"
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [sys.executable, *command[1:]],
        cwd=folder,
        env={**environ, "PANGAEA_NOTIFY_FD": str(writer)},
        pass_fds=[writer],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as ready:
            line = ready.readline()
        assert line.startswith("READY"), process.communicate(timeout=30)[0].decode()
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
