"""The ways in which a test runs the same modules, written as the topologies.toml that its processes read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

MONOLITH = "monolith"
"""All modules in the test's process, called directly."""
LOOPBACK = "loopback"
"""All modules in the test's process, called through real sockets."""
PROCESSES = "processes"
"""Each module in a process of its own; the test's process calls them."""
LOOPBACK_GRPC = "loopback-grpc"
PROCESSES_GRPC = "processes-grpc"
"""The same two by gRPC rather than by the lean wire."""
SHAPES = (MONOLITH, LOOPBACK, PROCESSES)
"""What `all` stands for."""
TOPOLOGIES = (*SHAPES, LOOPBACK_GRPC, PROCESSES_GRPC)
"""What `every` stands for."""

HERE = "this-test"
"""The name of the test's own process."""

_FIT = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")


def shape_of(topology: str) -> str:
    """Monolith, loopback or processes, whatever the calls travel by."""
    return topology.removesuffix("-grpc")


def process_of(module: str, number: int) -> str:
    """The name of a module's process: its own, where that can be one."""
    return module if _FIT.fullmatch(module) and module != HERE else f"module-{number}"


def topologies_toml(
    modules: Sequence[str], here: Sequence[str], external: Mapping[str, str], replicas: Mapping[str, int]
) -> str:
    """A topologies.toml with all of them. `here`: modules that stay in the test's process; `external`: service -> address;
    `replicas`: module -> how many processes run it."""
    lines: list[str] = []
    for name in TOPOLOGIES:
        split = shape_of(name) == PROCESSES
        own = ", ".join(f'"{module}"' for module in (here if split else ("*",)))
        lines += [f"[topologies.{name}]", f'transport = "{"grpc" if name != shape_of(name) else "lean"}"']
        lines += [f"[topologies.{name}.processes.{HERE}]", f"modules = [{own}]", 'edges = ["*"]']
        if split:
            for number, module in enumerate(modules):
                lines += [f"[topologies.{name}.processes.{process_of(module, number)}]", f'modules = ["{module}"]']
                lines += ["edges = []", f"replicas = {replicas.get(module, 1)}"]
        for number, (service, address) in enumerate(external.items()):
            lines += [f"[topologies.{name}.external.external-{number}]"]
            lines += [f'contract = "{service}"', f'address = "{address}"']
    return "\n".join([*lines, ""])
