"""What a supervisor is given: commands with names; and how an exit code reads."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

OK, FAILED, REFUSED, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: ended well; failed or had to be killed; refused before anything started; cut short by a second signal."""


Main = Callable[[Sequence[str]], int]
"""Runs a command of `pangaea`, given its arguments; returns the exit code."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process to keep. `edge`: it takes work from outside, so it is the first to stop. `run`: what a fork of this
    process does in place of the command; it returns the exit code."""

    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict[str, str])
    edge: bool = False
    run: Callable[[], int] | None = None


def ending(code: int) -> str:
    """`exited with code 1`, `was killed by SIGKILL`."""
    if code >= 0:
        return f"exited with code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


def children_of(
    processes: Iterable[tuple[str, int, bool]],
    topology: str,
    overrides: Sequence[str] = (),
    options: Sequence[str] = (),
    main: Main | None = None,
) -> list[Child]:
    """The children for (process, replicas, edge): `pangaea run` for each replica of each process of a topology.

    main: takes the arguments of `pangaea` in a fork of this process; None: they are run by a new interpreter.
    """
    sets = [part for override in overrides for part in ("--set", override)]
    package = __name__.partition(".")[0]
    found: list[Child] = []
    for process, replicas, edge in processes:
        command = (sys.executable, "-m", package, "run", "--topology", topology, "--process", process)
        for replica in range(replicas):
            name, environ = (
                (f"{process}-{replica}", {"PANGAEA_REPLICA": str(replica)}) if replicas > 1 else (process, {})
            )
            whole = (*command, *options, *sets)
            found.append(Child(name, whole, environ, edge, None if main is None else partial(main, whole[3:])))
    return found
