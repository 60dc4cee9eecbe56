"""The pytest plugin: the `test_host` fixture, the `topology` marker, `--topology` and `--faults-seed`.

A test that asks for `test_host` runs in the topologies that its marker names, else in those of the command line, else
as a monolith: the same body, unchanged. Installing the host switches the plugin on (`-p no:pangaea` off again).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from .topologies import MONOLITH, SHAPES, TOPOLOGIES, shape_of

if TYPE_CHECKING:
    from .test_host import TestHost

HOSTS = pytest.StashKey[list["TestHost"]]()
WANTED = pytest.StashKey[list[str]]()
LOG_SHOWN = 8000
"""Characters of each process's log, the last ones, that a failing test shows."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("pangaea")
    group.addoption(
        "--topology",
        action="append",
        default=[],
        metavar="NAME",
        help=f"run tests that use test_host as: {', '.join(TOPOLOGIES)}; all are the first "
        "three, every all five (comma-separated or repeated)",
    )
    group.addoption(
        "--faults-seed", type=int, default=None, metavar="N", help="replay: the seed of all faults that name none"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "topology(name, …): run as these topologies (monolith, loopback, processes, …-grpc), all or every"
    )
    asked = [name.strip() for option in config.getoption("--topology") or [] for name in option.split(",")]
    config.stash[WANTED] = chosen(asked, "--topology")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "pangaea_topology" not in metafunc.fixturenames:
        return
    wanted = metafunc.config.stash[WANTED]
    marker = metafunc.definition.get_closest_marker("topology")
    try:
        marked = chosen(marker.args, "the topology marker") if marker else []
    except pytest.UsageError as error:
        pytest.fail(f"{metafunc.definition.nodeid}: {error}", pytrace=False)
    run = (
        [name for name in wanted if name in marked or shape_of(name) in marked]
        if marked and wanted
        else wanted or marked or [MONOLITH]
    )
    params: Sequence[Any] = run
    if not run:
        reason = f"runs as {', '.join(marked)} only, and --topology asks for {', '.join(wanted)}"
        params = [pytest.param(marked[0], marks=pytest.mark.skip(reason=reason))]
    metafunc.parametrize("pangaea_topology", params, indirect=True)


def chosen(names: Sequence[object], where: str) -> list[str]:
    """The topologies that names stand for, each once. Raises UsageError for an unknown name."""
    unknown = [name for name in names if name not in (*TOPOLOGIES, "all", "every")]
    if unknown:
        raise pytest.UsageError(f"{where} names {unknown[0]!r}; say one of {', '.join(TOPOLOGIES)}, all or every")
    several = [*(SHAPES if "all" in names else ()), *(TOPOLOGIES if "every" in names else ())]
    return list(dict.fromkeys([*several, *(str(name) for name in names if name not in ("all", "every"))]))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    hosts = item.stash.get(HOSTS, [])
    seeds = dict.fromkeys(seed for host in hosts for seed in host.seeds)
    if report.failed and seeds:
        report.sections.append(("faults injected", "\n".join(f"{seed} (--faults-seed replays it)" for seed in seeds)))
    if report.failed:
        logs = [(name, log) for host in hosts for name, log in host.logs.items() if log]
        report.sections += [(f"process {name}", log[-LOG_SHOWN:]) for name, log in logs]
    return report


@pytest.fixture(scope="module")
def pangaea_topology(request: pytest.FixtureRequest) -> str:
    """The topology that this test runs in."""
    return request.param


@pytest.fixture
def test_host(request: pytest.FixtureRequest, pangaea_topology: str) -> Callable[..., TestHost]:
    """Makes TestHosts in the test's topology: `async with test_host(catalog, cart) as host: …`."""
    from .test_host import TestHost

    made = request.node.stash[HOSTS] = []

    def make(*modules: Any, **options: Any) -> TestHost:
        options.setdefault("topology", pangaea_topology)
        options.setdefault("seed", request.config.getoption("--faults-seed"))
        host = TestHost(*modules, **options)
        made.append(host)
        return host

    return make
