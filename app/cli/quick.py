"""`pangaea run` without a parser library: reads the options that `run` has, and leaves anything else to click.

Click and rich would cost every process of a deployment 70 ms and 8 MB for reading four options.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

_SHORT = {"-t": "--topology", "-p": "--process", "-e": "--environment", "-s": "--set"}
_KNOWN = frozenset(("--topology", "--process", "--environment", "--set", "--root"))


@dataclass
class RunOptions:
    """What `pangaea run` was given."""

    topology: str = ""
    process: str | None = None
    environment: str | None = None
    root: Path | None = None
    sets: list[str] = field(default_factory=list[str])


def read_run(arguments: Sequence[str]) -> RunOptions | None:
    """The options of `run …`; None where this is another command, or anything that deserves click's explanation."""
    if not arguments or arguments[0] != "run":
        return None
    options = RunOptions()
    rest = iter(arguments[1:])
    for word in rest:
        name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        name = _SHORT.get(name, name)
        if name not in _KNOWN:
            return None
        if not equals:
            value = next(rest, "")
        if not value or (not equals and value.startswith("-")):
            return None
        match name:
            case "--topology":
                options.topology = value
            case "--process":
                options.process = value
            case "--environment":
                options.environment = value
            case "--root":
                options.root = Path(value)
            case _:
                options.sets.append(value)
    return options


def run_quickly(arguments: Sequence[str]) -> int | None:
    """Run one process if that is what was asked for in words that need no explanation; else None."""
    options = read_run(arguments)
    return None if options is None else run(options)


def run(options: RunOptions) -> int:
    """Run one process of a topology until it is told to stop; returns the exit code.

    What no option says is taken from PANGAEA_TOPOLOGY and PANGAEA_PROCESS, so that one image can be any process.
    """
    from ..host.heap import spared

    with spared():
        return _run(options)


def _run(options: RunOptions) -> int:
    from ..host import project_root
    from ..host import run as run_host
    from ..telling.refusals import Refused

    try:
        root = project_root(options.root)
        sys.path.insert(0, str(root))
        return run_host(
            root,
            topology=options.topology or os.environ.get("PANGAEA_TOPOLOGY", ""),
            process=options.process or os.environ.get("PANGAEA_PROCESS"),
            overrides=options.sets,
            environment=options.environment,
        )
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
