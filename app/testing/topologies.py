"""The three ways in which a test runs the same modules."""

from __future__ import annotations

from collections.abc import Iterable

MONOLITH = "monolith"
"""All modules in the test's process, called directly."""
LOOPBACK = "loopback"
"""All modules in the test's process, called through real sockets."""
PROCESSES = "processes"
"""Each module in a process of its own; the test's process calls them."""
TOPOLOGIES = (MONOLITH, LOOPBACK, PROCESSES)

HERE = "here"
"""The name of the test's own process."""


def topologies_toml(modules: Iterable[str]) -> str:
    """A topologies.toml with these three."""
    names = list(modules)
    lines = [f'[topologies.{name}.processes.{HERE}]\nmodules = ["*"]\nedges = ["*"]\n' for name in (MONOLITH, LOOPBACK)]
    lines += [f'[topologies.{PROCESSES}.processes.{HERE}]\nmodules = []\nedges = ["*"]\n']
    lines += [f'[topologies.{PROCESSES}.processes.{name}]\nmodules = ["{name}"]\nedges = []\n' for name in names]
    return "\n".join(lines)
