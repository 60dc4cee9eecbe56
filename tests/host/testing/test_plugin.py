"""The pytest plugin, as a project of somebody else's meets it: installed by its entry point, and nothing else."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

import pytest

pytest_plugins = ["pytester"]

SHOP = """
from app import Contract, Message, Module, query

class Word(Message):
    text: str

class Words(Contract):
    @query()
    async def say(self, text: str) -> Word: ...

class Saying(Words):
    async def say(self, text: str) -> Word:
        return Word(text=text)

words = Module(name="words", exports=[Words.by(Saying)])
"""
HEAD = "import pytest\nfrom words_shop import Words, Word, words\n"
ONE = """
async def test_it(test_host):
    async with test_host(words) as host:
        assert await host.get(Words).say("a") == Word(text="a")
"""


@pytest.fixture
def project(pytester: pytest.Pytester):
    pytester.makeini("[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makepyfile(words_shop=SHOP)

    def run(body: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(test_words=HEAD + body)
        return pytester.runpytest_subprocess("-v", "-p", "no:cacheprovider", *options)

    return run


def collected(result: pytest.RunResult) -> list[str]:
    """The topologies of the tests that would run."""
    return [line.split("[")[1].split("]")[0] for line in result.outlines if "<Coroutine test_it[" in line]


def passed(result: pytest.RunResult) -> list[str]:
    return [line.split("[")[1].split("]")[0] for line in result.outlines if "PASSED" in line]


def test_the_plugin_is_an_entry_point() -> None:
    (plugin,) = entry_points(group="pytest11", name="pangaea")
    assert plugin.load().__name__ == "app.testing.plugin"


def test_one_body_runs_in_every_topology(project) -> None:
    assert passed(project("@pytest.mark.topology('all')" + ONE)) == ["monolith", "loopback", "processes"]


@pytest.mark.parametrize(
    ("marked", "options", "expected"),
    [
        ("", [], ["monolith"]),
        ("@pytest.mark.topology('processes', 'loopback')", [], ["processes", "loopback"]),
        ("", ["--topology=loopback,monolith"], ["loopback", "monolith"]),
        ("", ["--topology=loopback", "--topology=all"], ["monolith", "loopback", "processes"]),
        ("@pytest.mark.topology('loopback', 'monolith')", ["--topology=loopback,processes"], ["loopback"]),
        ("@pytest.mark.topology('all', 'loopback-grpc')", ["--topology=loopback-grpc"], ["loopback-grpc"]),
        ("@pytest.mark.topology('all')", ["--topology=processes-grpc"], ["processes-grpc"]),
    ],
    ids=["nothing said", "marked", "asked for", "all", "both", "both wires", "all by another wire"],
)
def test_marker_and_command_line_name_topologies(project, marked: str, options: list[str], expected: list[str]) -> None:
    assert collected(project(marked + ONE, "--collect-only", *options)) == expected


def test_a_test_that_is_not_for_the_topologies_asked_for_is_skipped_with_the_reason(project) -> None:
    result = project("@pytest.mark.topology('monolith')" + ONE, "--topology=loopback", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*runs as monolith only, and --topology asks for loopback*"])


def test_an_unknown_topology_on_the_command_line_ends_the_run(project) -> None:
    result = project(ONE, "--topology=loopback,cluster")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*--topology names 'cluster'; say one of monolith, loopback, processes, *all or every*"]
    )


def test_an_unknown_topology_in_a_marker_is_an_error_of_that_test(project) -> None:
    result = project("@pytest.mark.topology('cluster')" + ONE)
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*test_it: the topology marker names 'cluster'; say one of monolith, *"])


def test_a_failing_test_tells_the_seed_and_the_seed_replays(project) -> None:
    body = """
async def test_it(test_host):
    host = test_host(words, settings={"calls.attempts": 1, "calls.breaker_failures": 0})  # no clock has a say
    faults = host.faults(Words, before=0.5)
    async with host:
        for _ in range(20):
            try:
                await host.get(Words).say("a")
            except Exception:
                pass
    assert not [one.number for one in faults.injected]
"""
    first = project(body)
    first.assert_outcomes(failed=1)
    told = next(line for line in first.outlines if line.startswith("faults of Words: seed="))
    seed = told.split("=")[1].split()[0]
    numbers = next(line for line in first.outlines if line.startswith("E ") and "assert not [" in line)
    again = project(body, f"--faults-seed={seed}")
    assert numbers in again.outlines


def test_a_failing_test_shows_what_its_processes_said(project) -> None:
    body = """
async def test_it(test_host):
    async with test_host(words):
        assert 1 == 2
"""
    result = project(body, "--topology=processes")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- process words -*", "*ready*"])


def test_loading_the_plugin_loads_no_host(pytester: pytest.Pytester) -> None:
    code = (
        "import sys, app.testing.plugin; print([m for m in sys.modules if m.startswith('app.') and 'testing' not in m])"
    )
    done = pytester.run(sys.executable, "-c", code)
    assert done.outlines == ["[]"]
