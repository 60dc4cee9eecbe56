"""A child by fork is what a new interpreter would be: nothing of its parent but what it has imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.supervisor.child import children_of

pytestmark = [pytest.mark.timeout(60), pytest.mark.skipif(sys.platform != "linux", reason="forks are Linux's")]
ROOT = Path(__file__).parents[3]


def ran(name: str) -> Any:
    """What the program `forks` says of one of its runs: a test's own process has threads."""
    command = (sys.executable, "-m", "tests.host.supervisor.forks", name)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_fork_has_its_own_session_environment_signals_and_names() -> None:
    [child] = ran("itself")
    assert child["code"] == 7
    found = json.loads(child["said"])
    assert found["environ"] == {"ONLY": "this"}
    assert found["session"] is True
    assert found["signals"] == [True, True, True]
    assert found["blocked"] == 0
    assert (found["comm"], found["command"]) == ("a-child", "pangaea run 'a b'")


def test_a_fork_has_no_loop_no_context_and_no_open_files_of_its_parent() -> None:
    [child] = ran("itself")
    found = json.loads(child["said"])
    assert found["value"] == "as in a new interpreter"
    assert found["descriptors"] == 5  # three, the one that was given, and the folder that is read


def test_deadlines_of_a_fork_are_those_of_its_own_loop() -> None:
    assert ran("deadlines") == [{"said": "in time\n", "error": "", "code": 0}]


def test_what_a_fork_says_and_how_it_ends_arrive() -> None:
    silent, broken, left = ran("ways to end")
    assert silent == {"said": "said without a flush", "error": "", "code": 0}
    assert broken["code"] == 1
    assert "ValueError: this went wrong" in broken["error"]
    assert (left["error"], left["code"]) == ("that will not do\n", 1)


def test_a_signal_to_a_fork_ends_the_fork_and_not_its_parent() -> None:
    [child] = ran("a signal")
    assert child["code"] == -15


def test_what_the_terminal_sends_while_a_fork_has_no_session_is_its_parents() -> None:
    [child] = ran("an interrupt at once")
    assert child == {"said": "said without a flush", "error": "", "code": 0}


def test_a_fork_that_is_interrupted_at_its_end_does_not_go_on_as_its_parent() -> None:
    [child] = ran("an interrupt at the end")
    assert child == {"said": "done\n", "error": "", "code": 3}


def test_a_fork_without_a_session_can_be_killed() -> None:
    assert ran("a kill at once") == [-9, True]


def test_how_a_fork_ended_is_known_whoever_started_its_parent() -> None:
    [child] = ran("ignored children")
    assert child["code"] == 1


def test_a_fork_needs_no_descriptors_but_its_own_and_has_an_empty_stdin_that_others_inherit() -> None:
    [child] = ran("no descriptors")
    assert child == {"said": "['', 0]\n", "error": "", "code": 0}


def test_a_fork_needs_no_stderr_of_its_parent() -> None:
    [child] = ran("no stderr")
    assert "ValueError: this went wrong" in child["error"]


def test_a_command_that_is_no_text_is_a_name_too() -> None:
    [child] = ran("no text")
    assert json.loads(child["said"])["command"] == "pangaea --root '/r\ufffd'"


def test_a_fork_does_at_its_exit_what_it_was_asked_to() -> None:
    [child] = ran("at its exit")
    assert child["said"] == "at its exit\n"


def test_a_fork_holds_nothing_back_where_it_is_told_so() -> None:
    [child] = ran("unbuffered")
    assert child == {"said": "said at once", "error": "", "code": -9}


@pytest.mark.parametrize("whose", ["threads", "threads of a library"])
def test_a_process_with_threads_is_not_forked(whose: str) -> None:
    assert ran(whose) == [True, False]


def test_a_fork_runs_the_arguments_of_the_command_it_stands_for() -> None:
    asked: list[Any] = []

    def main(arguments: Any) -> int:
        asked.append(list(arguments))
        return 0

    one, two = children_of([("cart", 2, False)], "split", ("a=1",), ("--root", "/x"), main)
    assert one.run is not None
    assert two.run is not None
    one.run()
    assert asked == [["run", "--topology", "split", "--process", "cart", "--root", "/x", "--set", "a=1"]]
    assert [child.command[3:] for child in (one, two)] == [tuple(asked[0])] * 2
