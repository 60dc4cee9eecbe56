"""What is imported before processes are forked: what several of them need, and nothing that starts threads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROGRAM = """
import json, sys, threading
from pathlib import Path
from app.host.preload import preload
from app.host.project import Project
project = Project(Path("."), "production", ("identity.key=" + "k" * 40,))
_, topology = project.topologies.find(sys.argv[1])
found = preload(project.plan(sys.argv[1], process)[0] for process in topology.processes)
print(json.dumps([found, sorted(sys.modules), threading.active_count()]))
"""


def preloaded(topology: str) -> tuple[set[str], set[str], int]:
    """The rooms that were imported for a topology of the shop, all modules that are there then, and how many threads."""
    command = (sys.executable, "-c", PROGRAM, topology)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr
    found, modules, threads = json.loads(done.stdout)
    return set(found), set(modules), threads


@pytest.mark.timeout(60)
def test_what_several_processes_need_is_imported_once_for_all() -> None:
    found, modules, _ = preloaded("microservices")
    assert {"host.process", "calling.lean.server", "calling.lean.target", "storing.engines"} <= found
    assert {"app.calling.lean.session", "sqlalchemy", "modules.cart.module"} <= modules


@pytest.mark.timeout(60)
def test_what_one_process_needs_it_imports_itself() -> None:
    found, modules, _ = preloaded("microservices")
    assert "serving.server" not in found
    assert "app.serving.server" not in modules


@pytest.mark.timeout(60)
@pytest.mark.parametrize("topology", ["microservices", "mixed", "boutique"])
def test_no_thread_is_started_and_grpc_is_left_to_those_who_speak_it(topology: str) -> None:
    _, modules, threads = preloaded(topology)
    assert threads == 1
    assert "grpc" not in modules
