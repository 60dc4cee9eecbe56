"""All processes of a topology, each a new interpreter: what `pangaea up` would be if it did not fork.
`python -m benchmarks.load.apart TOPOLOGY [OPTIONS]`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from app.host.project import Project
from app.supervisor.followed import NOTIFY, notify_ready

from .child import ROOT


def main() -> None:
    """Start all, say when all are ready, end them when told to."""
    topology, *options = sys.argv[1:]
    _, found = Project(Path(ROOT), None, ()).topologies.find(topology)
    running = [start(topology, process, options) for process in found.processes]
    for _, ready in running:
        os.read(ready, 65536)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    notify_ready({})
    stopped.wait()
    for process, _ in running:
        process.terminate()
    for process, _ in running:
        process.wait()


def start(topology: str, process: str, options: Sequence[str]) -> tuple[subprocess.Popen[bytes], int]:
    """A process, and where it says that it is ready."""
    ready, write = os.pipe()
    command = (sys.executable, "-m", "app", "run", "--topology", topology, "--process", process, *options)
    started = subprocess.Popen(command, env={**os.environ, NOTIFY: str(write)}, pass_fds=[write])
    os.close(write)
    return started, ready


if __name__ == "__main__":
    main()
