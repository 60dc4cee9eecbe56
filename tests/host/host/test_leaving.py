"""A process that is told to leave leaves, whatever its modules' work does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

STUBBORN = """
import asyncio

from app import Background, Module, Shutdown


def use(background: Background, shutdown: Shutdown) -> None:
    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                continue

    async def leave() -> None:
        shutdown()

    background.run(stubborn)
    background.run(leave)


module = Module(invoke=[use])
"""


def test_work_that_ignores_its_cancellation_does_not_keep_the_process(tmp_path: Path) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "__init__.py").touch()
    (tmp_path / "modules" / "stubborn.py").write_text(STUBBORN)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "topologies.toml").write_text('[topologies.one.processes.all]\nmodules = ["*"]\n')
    off = ("http.enabled=false", "grpc.enabled=false", "life.stop_timeout=0.2")
    command = [sys.executable, "-m", "app", "run", *(part for each in off for part in ("--set", each))]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert "use.stubborn goes on though it was cancelled" in ended.stdout + ended.stderr
