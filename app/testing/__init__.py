"""The test kit: a host for tests, in any topology, with anything replaced, and with faults where they are wanted.

The pytest plugin is `app.testing.plugin`. Names are fetched when they are asked for: pytest loads the plugin into runs
that have nothing to do with us.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .acting import acting_as as acting_as
    from .children import ChildFailed as ChildFailed
    from .children import Children as Children
    from .faults import Faults as Faults
    from .test_host import TestHost as TestHost
    from .topologies import LOOPBACK as LOOPBACK
    from .topologies import LOOPBACK_GRPC as LOOPBACK_GRPC
    from .topologies import MONOLITH as MONOLITH
    from .topologies import PROCESSES as PROCESSES
    from .topologies import PROCESSES_GRPC as PROCESSES_GRPC
    from .topologies import TOPOLOGIES as TOPOLOGIES

_FACE = {
    "ChildFailed": "children",
    "Children": "children",
    "Faults": "faults",
    "LOOPBACK": "topologies",
    "LOOPBACK_GRPC": "topologies",
    "MONOLITH": "topologies",
    "PROCESSES": "topologies",
    "PROCESSES_GRPC": "topologies",
    "TOPOLOGIES": "topologies",
    "TestHost": "test_host",
    "acting_as": "acting",
}


def __getattr__(name: str) -> Any:
    if name not in _FACE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_FACE[name]}", __name__), name)
