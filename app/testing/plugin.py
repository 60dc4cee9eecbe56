"""The pytest plugin: the `test_host` fixture, the `topology` marker and the `--topology` option.

A test that asks for `test_host` runs in the topologies that its marker names, else in those of the command line, else
as a monolith: the same body, unchanged. Switched on by `pytest_plugins = ["app.testing.plugin"]` or the entry point.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from .topologies import MONOLITH, TOPOLOGIES

if TYPE_CHECKING:
    from .test_host import TestHost


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("pangaea").addoption(
        "--topology",
        action="append",
        default=[],
        metavar="NAME",
        help=f"run tests that use test_host as: {', '.join(TOPOLOGIES)}, or all (comma-separated or repeated)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "topology(name, …): run as these topologies (monolith, loopback, processes) or as all of them"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "pangaea_topology" not in metafunc.fixturenames:
        return
    asked = [name for option in metafunc.config.getoption("--topology") or [] for name in option.split(",")]
    marker = metafunc.definition.get_closest_marker("topology")
    marked = chosen(list(marker.args), "the topology marker") if marker else []
    wanted = chosen(asked, "--topology") if asked else []
    if marked and wanted:
        wanted = [name for name in wanted if name in marked]
    metafunc.parametrize("pangaea_topology", wanted or marked or [MONOLITH], indirect=True)


def chosen(names: list[str], where: str) -> list[str]:
    """The topologies that names stand for, each once. Raises UsageError for an unknown name."""
    unknown = [name for name in names if name not in (*TOPOLOGIES, "all")]
    if unknown:
        raise pytest.UsageError(f"{where} names {unknown[0]!r}; say one of {', '.join(TOPOLOGIES)}, or all")
    return list(TOPOLOGIES) if "all" in names else list(dict.fromkeys(names))


@pytest.fixture
def pangaea_topology(request: pytest.FixtureRequest) -> str:
    """The topology that this test runs in."""
    return request.param


@pytest.fixture
def test_host(pangaea_topology: str) -> Callable[..., TestHost]:
    """Makes TestHosts in the test's topology: `async with test_host(catalog, cart) as host: …`."""
    from .test_host import TestHost

    def make(*modules: Any, **options: Any) -> TestHost:
        options.setdefault("topology", pangaea_topology)
        return TestHost(*modules, **options)

    return make
