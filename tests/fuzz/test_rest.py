"""A schema-driven fuzzer over the OpenAPI description of the whole shop: no 5xx, no status, type or body that the
description does not tell. The seed is fixed, so that a failure is the same again; it is printed with the request."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.shop import Shop, serving

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
)
PATIENCE = 280.0
"""Seconds for a whole run, which takes some ten of them on a machine that does nothing else."""
pytestmark = pytest.mark.timeout(300)
EXAMPLES = 40
"""Requests for each operation, on top of those that cover the schema systematically."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with serving("monolith", tmp_path_factory.mktemp("fuzzed")) as shop:
        yield shop


def fuzz(shop: Shop, folder: Path, *options: str) -> None:
    """Run the fuzzer; fails with what it reports."""
    words = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{shop.url}/schema/openapi.json",
        "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing",
        "--max-examples", str(EXAMPLES), "--seed", "20261120", "--generation-database", "none", "--no-color",
        "--request-timeout", "30", "--continue-on-failure",
        "--suppress-health-check", "too_slow",  # that is the machine
        *options,
    ]  # fmt: skip
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    assert shop.process.poll() is None, shop.said()


def test_nothing_that_an_anonymous_client_sends_breaks_the_shop(shop: Shop, tmp_path: Path) -> None:
    fuzz(shop, tmp_path)


def test_nothing_that_a_customer_sends_breaks_the_shop(shop: Shop, tmp_path: Path) -> None:
    who = {"email": "fuzz@example.com", "password": "a long enough password"}
    httpx.post(f"{shop.url}/api/accounts", json={**who, "name": "Fuzz"}).raise_for_status()
    token = httpx.post(f"{shop.url}/api/sessions", json=who).raise_for_status().json()["access_token"]
    fuzz(shop, tmp_path, "--header", f"Authorization: Bearer {token}", "--exclude-path", "/api/sessions")


def test_what_the_fuzzers_sent_left_no_error_in_the_log(shop: Shop) -> None:
    broken = [line for line in shop.said().splitlines() if " error " in line or "Traceback" in line]
    assert not broken, "\n".join(broken[:20])
