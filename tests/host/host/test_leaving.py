"""A process that is told to leave leaves, whatever its modules' work does."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from app.host import process

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


class Late(threading.Thread):
    """Ends as soon as it gets to run, which it does not while it is waited for the first time."""

    def __init__(self) -> None:
        self._turn = threading.Event()
        super().__init__(target=self._turn.wait)

    def join(self, timeout: float | None = None) -> None:
        if not self._turn.is_set():
            time.sleep(0.1)
            self._turn.set()
        else:
            super().join()


@pytest.mark.parametrize("ends", [True, False])
def test_a_thread_is_left_behind_for_what_it_does_and_not_for_a_busy_machine(
    monkeypatch: pytest.MonkeyPatch, ends: bool
) -> None:
    left: list[Any] = []
    stays = threading.Event()
    thread = Late() if ends else threading.Thread(target=stays.wait)
    monkeypatch.setattr(process, "THREADS_MAY_TAKE", 0.05)
    monkeypatch.setattr(process, "_leave", lambda *given: left.append(given))
    monkeypatch.setattr(threading, "enumerate", lambda: [thread, threading.current_thread()])
    thread.start()
    process._leave_behind(None, 0)  # type: ignore[arg-type]
    stays.set()
    threading.Thread.join(thread)
    assert bool(left) is not ends
