"""A process imports only what its placement needs: import cost and memory are part of the design."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

PROCESS = """
import asyncio, json, sys
from pathlib import Path
from app.host import Host, Project

async def main(root, topology, process, *overrides):
    project = Project(Path(root), "testing", overrides)
    plan, config = project.plan(topology, process or None)
    async with Host(plan, project.found, config):
        print(json.dumps(sorted(sys.modules)))

asyncio.run(main(*sys.argv[1:]))
"""
HEAVY = {
    "sqlalchemy",
    "alembic",
    "litestar",
    "uvicorn",
    "grpc",
    "opentelemetry.sdk",
    "rich",
    "rich_click",
    "jwt",
}


def loaded(code: str, *arguments: str) -> set[str]:
    """The modules that a fresh interpreter holds after this code, which prints them as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def third_party(modules: set[str]) -> set[str]:
    """Their packages, without what the environment's own start-up files bring."""
    bare = loaded("import json, sys; print(json.dumps(sorted(sys.modules)))")
    return {name.split(".")[0] for name in modules - bare} & packages_distributions().keys() - {"app", "modules"}


@pytest.mark.parametrize("module", ["catalog", "currency", "cart"])
def test_a_contract_costs_its_callers_nothing_but_messages(module: str) -> None:
    modules = loaded(f"import json, sys, modules.{module}.contract; print(json.dumps(sorted(sys.modules)))")
    assert third_party(modules) <= {"msgspec", "typing_extensions"}  # the latter is msgspec's
    assert f"modules.{module}.module" not in modules


@pytest.mark.parametrize(
    ("topology", "process", "overrides", "needed"),
    [
        ("monolith", "", [], {"sqlalchemy", "litestar", "uvicorn", "grpc"}),
        ("mixed", "store", [], {"sqlalchemy"}),
        ("monolith", "", ["grpc.enabled=false"], {"sqlalchemy", "litestar", "uvicorn"}),
        ("microservices", "currency", [], set()),
        ("microservices", "cart", [], {"sqlalchemy"}),
        ("microservices", "edge", [], {"grpc", "litestar", "uvicorn"}),
    ],
    ids=["the whole shop", "without HTTP", "without gRPC", "without a database", "with a database", "an edge"],
)
def test_a_process_loads_only_what_its_placement_needs(
    topology: str, process: str, overrides: list[str], needed: set[str], tmp_path: Path
) -> None:
    settings = [f"data.dir={tmp_path}", "http.port=0", "grpc.port=0", *overrides]
    modules = loaded(PROCESS, str(ROOT), topology, process, *settings)
    # A new database is migrated with alembic; one that is at head costs no import of it.
    heavy = {name for name in HEAVY if name in modules}
    assert heavy - {"alembic"} == needed


def test_a_process_loads_no_module_that_runs_elsewhere(tmp_path: Path) -> None:
    modules = loaded(PROCESS, str(ROOT), "microservices", "catalog", f"data.dir={tmp_path}")
    assert "modules.catalog.module" in modules
    assert {name for name in modules if name.startswith("modules.cart")} == set()
    assert "modules.currency.module" not in modules


def test_a_database_at_head_starts_without_alembic_and_the_orm(tmp_path: Path) -> None:
    arguments = (str(ROOT), "microservices", "cart", f"data.dir={tmp_path}")
    loaded(PROCESS, *arguments)
    assert {"alembic", "sqlalchemy.orm"}.isdisjoint(loaded(PROCESS, *arguments))
