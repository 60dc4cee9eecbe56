"""A process's threads take turns often, so that a commit need not wait for a busy loop's whole turn, nor a loop for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from app.host.process import TURN

ROOT = Path(__file__).parents[3]
PROCESS = """
import os, signal, sys
import app.host.process as process
from app.cli import main

def ready(facts):
    print("turn", sys.getswitchinterval())
    os.kill(os.getpid(), signal.SIGTERM)

process.notify_ready = ready
sys.exit(main(["run", *sys.argv[1:]]))
"""


def test_a_running_process_has_short_turns(tmp_path: Path) -> None:
    arguments = ["--topology", "microservices", "--process", "currency", "--set", f"data.dir={tmp_path}"]
    done = subprocess.run(
        [sys.executable, "-c", PROCESS, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    (turn,) = (float(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("turn "))
    assert abs(turn - TURN) < TURN / 100
    assert turn < sys.getswitchinterval()
