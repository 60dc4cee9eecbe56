"""Commands that stay: `make run`, `pangaea up`. Started on free ports, kept while a page needs them, stopped by Ctrl-C."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.shop import Ports

from .clone import environment
from .compared import agrees, trimmed

PATIENCE = 60.0
"""Seconds that a start or a stop may take before a test fails."""
STAYS = re.compile(r"^(?:[A-Z_]+=\S+ )*(?:make (?:run|dev)|pangaea (?:run|up|dev))\b")
PORTS = ("8080", "9090", "8081")
"""Those that pages show; they may be taken on this machine, and free ones stand for them."""
_READY = re.compile(r' (?:is|are) ready in |"event":"ready"')


class Server:
    """One such command. Free ports stand for those that the page shows."""

    def __init__(self, command: str, folder: Path, log: Path) -> None:
        self.command, self._log = command, log
        self._ports = Ports(len(PORTS))
        self.ports = dict(zip(PORTS, map(str, self._ports.numbers), strict=True))
        with log.open("w") as out:
            self._process = subprocess.Popen(
                ["sh", "-c", f"exec {_last_executed(self.as_meant(command))}"],
                cwd=folder, env=environment(folder, **self.variables), stdout=out, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    @property
    def variables(self) -> dict[str, str]:
        """The variables that move its edges."""
        return {"PANGAEA_HTTP_PORT": self.ports["8080"], "PANGAEA_GRPC_PORT": self.ports["9090"]}

    def said(self) -> str:
        """What it has printed so far, in the page's ports."""
        return self.as_shown(self._log.read_text("utf-8"))

    def wait(self, shown: Sequence[str]) -> str:
        """Wait until it says that it is ready and what the page shows of that, or for as long as a test may wait for the
        latter; answers what it said. Raises AssertionError: it ended by itself, or is not ready."""
        end = time.monotonic() + PATIENCE
        while not (_READY.search(said := self.said()) and agrees(shown, trimmed(said))):
            assert self._process.poll() is None, f"`{self.command}` ended:\n{self.said()}"
            if time.monotonic() > end:
                assert _READY.search(said), f"`{self.command}` is not ready:\n{said}"
                return said
            select.select([], [], [], 0.02)
        size = -1
        while size != (size := len(self.said())):  # more than the page shows would be told right away
            select.select([], [], [], 0.05)
        return self.said()

    def stop(self) -> int:
        """End it as Ctrl-C in a terminal does, which all of its group hears; answers its exit code."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGINT)
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                raise
        code = self._process.wait()
        return 0 if code == -signal.SIGINT and self.command.startswith("make") else code  # make ends as it was asked to

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def as_meant(self, text: str) -> str:
        """A command of the page with this server's ports."""
        for shown, own in self.ports.items():
            text = re.sub(rf"(?<=[:=]){shown}\b", own, text)
        return text

    def as_shown(self, text: str) -> str:
        """Output of this server with the page's ports."""
        for shown, own in self.ports.items():
            text = re.sub(rf"(?<=[:=]){own}\b", shown, text)
        return text


def _last_executed(command: str) -> str:
    """`A=1 make run` is started as `env A=1 make run`, so that signals reach it and no shell."""
    return f"env {command}" if re.match(r"[A-Z_]+=", command) else command
