"""The supervisor keeps any commands: these children are ten-line scripts."""

from __future__ import annotations

import asyncio
import gc
import io
import os
import signal
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from app.observing.prefixed import Screen
from app.supervisor.child import Child
from app.supervisor.keeper import Patience, Supervisor
from app.telling import steps

from .ended import gone

pytestmark = pytest.mark.timeout(60)

READY = "import os; os.write(int(os.environ['PANGAEA_NOTIFY_FD']), b'READY {\"process\": \"x\"}\\n')\n"
SERVE = f"""
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
{READY}
print("serving", flush=True)
while True: time.sleep(60)
"""
QUICK = Patience(first=0.01, most=0.02, calm=60, stop=20)


def child(name: str, source: str, *, edge: bool = False, **environ: str) -> Child:
    return Child(name, (sys.executable, "-S", "-c", textwrap.dedent(source)), environ, edge)


class Kept:
    """A supervisor over children, what it wrote and what it told."""

    def __init__(self, *children: Child, patience: Patience = QUICK, forgiving: bool = False) -> None:
        self.out = io.BytesIO()
        self.told: list[steps.Step] = []
        self._changed = asyncio.Event()
        screen = Screen(self.out, [c.name for c in children], colours=False)
        tell = steps.Teller(self._listen)
        self.supervisor = Supervisor(children, screen, patience=patience, forgiving=forgiving, tell=tell)
        self.running = asyncio.ensure_future(self.supervisor.run())

    def _listen(self, step: steps.Step) -> None:
        self.told.append(step)
        self._changed.set()

    async def until(self, met: Callable[[list[steps.Step]], bool]) -> None:
        while not met(self.told):
            self._changed.clear()
            await self._changed.wait()

    async def ready(self) -> None:
        waits = (asyncio.ensure_future(self.supervisor.all_ready.wait()), self.running)
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        assert self.supervisor.all_ready.is_set(), self.text

    @property
    def text(self) -> str:
        return self.out.getvalue().decode()

    def exits(self) -> list[steps.ProcessExited]:
        return [step for step in self.told if isinstance(step, steps.ProcessExited)]


async def test_all_are_ready_once_each_has_said_so_and_one_stop_ends_all_with_0() -> None:
    kept = Kept(child("catalog", SERVE), child("cart", SERVE))
    await kept.ready()
    assert [k.ready for k in kept.supervisor.kept] == [{"process": "x"}] * 2
    kept.supervisor.stop()
    assert await kept.running == 0


async def test_each_line_stands_behind_the_name_of_its_process() -> None:
    kept = Kept(
        child("catalog", "print('one'); print('two', end='')"),
        child("cart", "import sys; print('three', file=sys.stderr)"),
    )
    assert await kept.running == 0
    assert "catalog │ one\n" in kept.text
    assert "catalog │ two\n" in kept.text
    assert "cart    │ three\n" in kept.text


async def test_a_crash_is_followed_by_a_new_start_after_a_growing_pause() -> None:
    kept = Kept(child("cart", "raise SystemExit(7)"), patience=Patience(first=0.01, most=0.04, calm=60, stop=20))
    await kept.until(lambda told: sum(isinstance(step, steps.ProcessExited) for step in told) == 5)
    kept.supervisor.stop()
    assert await kept.running == 1
    assert [step.restart_in for step in kept.exits()][:5] == [0.01, 0.02, 0.04, 0.04, 0.04]
    assert "cart exited with code 7; starting again in" in kept.text


async def test_a_crash_after_a_calm_life_starts_with_the_first_pause_again() -> None:
    kept = Kept(child("cart", "raise SystemExit(7)"), patience=Patience(first=0.01, most=10, calm=0, stop=20))
    await kept.until(lambda told: sum(isinstance(step, steps.ProcessExited) for step in told) == 3)
    kept.supervisor.stop()
    await kept.running
    assert {step.restart_in for step in kept.exits()} == {0.01}


async def test_a_killed_child_comes_back() -> None:
    kept = Kept(child("cart", SERVE))
    await kept.ready()
    os.kill(kept.supervisor.kept[0].pid, signal.SIGKILL)
    await kept.until(lambda told: sum(isinstance(step, steps.ProcessStarted) for step in told) == 2)
    kept.supervisor.stop()
    assert await kept.running == 0
    assert "cart was killed by SIGKILL; starting again" in kept.text


async def test_a_refusal_stops_everything_and_is_shown_last() -> None:
    refused = "import sys; print('port 8080 is taken.', file=sys.stderr); sys.exit(2)"
    kept = Kept(child("catalog", SERVE), child("edge", refused, edge=True))
    assert await kept.running == 2
    assert "edge was refused:\nport 8080 is taken." in kept.text
    assert kept.text.count("port 8080") == 1


async def test_what_has_run_before_may_be_refused_while_its_database_is_away(tmp_path: Path) -> None:
    source, away, here = (
        tmp_path / "source.py",
        "import sys; print('no database.', file=sys.stderr); sys.exit(2)",
        SERVE,
    )
    source.write_text(here)
    kept = Kept(Child("cart", (sys.executable, "-S", str(source))), child("edge", SERVE, edge=True))
    await kept.ready()
    source.write_text(away)
    os.kill(kept.supervisor.kept[0].pid, signal.SIGKILL)
    await kept.until(lambda _: [step.code for step in kept.exits()].count(2) >= 2)
    assert "no database." in kept.text
    new = tmp_path / "new.py"
    new.write_text(here)
    new.rename(source)  # at once: a child that starts just now finds the one or the other, and nothing half written
    ready = [step for step in kept.told if isinstance(step, steps.ProcessStarted) and step.process == "edge"]
    while "cart is ready again" not in kept.text:
        await asyncio.sleep(0.01)
    assert len(ready) == 1, "the others went on"
    kept.supervisor.stop()
    assert await kept.running == 0


async def test_in_development_a_refused_child_waits_for_the_next_change(tmp_path: Path) -> None:
    source = tmp_path / "source.py"
    source.write_text("import sys; print('broken.', file=sys.stderr); sys.exit(2)")
    kept = Kept(Child("cart", (sys.executable, "-S", str(source))), forgiving=True)
    await kept.until(lambda told: any(isinstance(step, steps.ProcessExited) for step in told))
    assert "cart was refused:\nbroken." in kept.text
    source.write_text(SERVE)
    kept.supervisor.restart()
    await kept.ready()
    kept.supervisor.stop()
    assert await kept.running == 0


async def test_in_development_a_child_that_breaks_while_starting_waits_for_the_next_change() -> None:
    kept = Kept(child("cart", "raise SystemExit(1)"), forgiving=True)
    await kept.until(lambda told: any(isinstance(step, steps.ProcessExited) for step in told))
    assert [step.restart_in for step in kept.exits()] == [None]
    assert "cart exited with code 1; it waits for a change" in kept.text
    kept.supervisor.stop()
    assert await kept.running == 1


async def test_a_restart_ends_each_child_cleanly_and_starts_it_anew() -> None:
    kept = Kept(child("cart", SERVE))
    await kept.ready()
    first = kept.supervisor.kept[0].pid
    kept.supervisor.restart()
    await kept.until(lambda told: sum(isinstance(step, steps.ProcessStarted) for step in told) == 2)
    assert kept.supervisor.kept[0].pid != first
    kept.supervisor.stop()
    assert await kept.running == 0


async def test_edges_stop_before_the_others() -> None:
    serve = SERVE.replace("sys.exit(0)", "(print('going', flush=True), sys.exit(0))")
    kept = Kept(child("catalog", serve), child("edge", serve, edge=True))
    await kept.ready()
    kept.supervisor.stop()
    assert await kept.running == 0
    assert kept.text.index("edge    │ going") < kept.text.index("catalog │ going")


async def test_who_does_not_stop_in_time_is_killed_with_what_it_started_and_the_whole_fails() -> None:
    deaf = f"""
    import signal, subprocess, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    grandchild = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
    print(grandchild.pid, flush=True)
    {READY.strip()}
    while True: time.sleep(60)
    """
    kept = Kept(child("deaf", deaf), patience=Patience(stop=0.05))
    await kept.ready()
    kept.supervisor.stop()
    assert await kept.running == 1
    assert "deaf did not stop within" in kept.text
    grandchild = int(kept.text.split("│ ")[1].split()[0])
    await gone(grandchild)


async def test_a_second_stop_kills() -> None:
    deaf = SERVE.replace("lambda *_: sys.exit(0)", "signal.SIG_IGN")
    kept = Kept(child("deaf", deaf), patience=Patience(stop=600))
    await kept.ready()
    kept.supervisor.stop()
    kept.supervisor.stop()
    assert await kept.running == 130


async def test_a_child_is_asked_to_stop_once_since_a_second_signal_would_force_it() -> None:
    counting = f"""
    import os, signal, sys, threading
    got = []
    signal.signal(signal.SIGTERM, lambda *_: (got.append(1), print("asked", flush=True), gate.set()))
    gate = threading.Event()
    {READY.strip()}
    gate.wait()
    """
    kept = Kept(child("cart", counting))
    await kept.ready()
    kept.supervisor.restart()
    kept.supervisor.stop()
    assert await kept.running == 0
    assert kept.text.count("asked") == 1


async def test_a_command_that_cannot_be_started_is_told_and_tried_again() -> None:
    kept = Kept(Child("cart", ("/nowhere/at-all",)))
    await kept.until(lambda told: sum(isinstance(step, steps.ProcessExited) for step in told) == 2)
    kept.supervisor.stop()
    assert await kept.running == 1
    assert "cart    │ cannot be started: " in kept.text.replace("cart │", "cart    │")


async def test_being_cancelled_while_it_starts_leaves_nothing_behind_and_says_nothing() -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    kept = Kept(child("a", SERVE), child("b", SERVE))
    await asyncio.sleep(0)
    kept.running.cancel()
    await asyncio.wait([kept.running])
    del kept
    gc.collect()
    assert complaints == []
