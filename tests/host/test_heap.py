"""A start is spared most looks for garbage; a process that is ready is looked after as usual."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from pathlib import Path

from app.host.heap import NEW_OBJECTS, settled, spared

ROOT = Path(__file__).parents[2]
PROCESS = """
import gc, json, os, signal, sys
import app.host.process as process
from app.cli import main

def ready(facts):
    print(json.dumps([before, gc.get_threshold(), gc.get_freeze_count()]))
    os.kill(os.getpid(), signal.SIGTERM)

run = process.run_host
def run_host(host):
    global before
    before = gc.get_threshold()
    return run(host)

process.run_host, process.notify_ready = run_host, ready
usual = gc.get_threshold()
code = main(["run", *sys.argv[1:]])
print(json.dumps([code, gc.get_threshold() == usual, gc.get_freeze_count()]))
"""


def test_a_process_is_spared_until_it_is_ready(tmp_path: Path) -> None:
    arguments = ["--topology", "microservices", "--process", "currency", "--set", f"data.dir={tmp_path}"]
    done = subprocess.run(
        [sys.executable, "-c", PROCESS, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    (starting, running, frozen), left = (json.loads(line) for line in done.stdout.splitlines() if line[:1] == "[")
    assert (starting[0], running[0]) == (NEW_OBJECTS, gc.get_threshold()[0])
    assert frozen > 10_000
    assert left == [0, True, 0]


def test_whatever_happens_all_is_as_it_was() -> None:
    usual = gc.get_threshold()
    try:
        with spared():
            settled()
            assert gc.get_freeze_count() > 0
            raise ZeroDivisionError
    except ZeroDivisionError:
        assert (gc.get_threshold(), gc.get_freeze_count()) == (usual, 0)
