"""The test kit: a host for tests, in any topology, with anything replaced. The pytest plugin is `app.testing.plugin`."""

from __future__ import annotations

from .acting import acting_as
from .test_host import TestHost
from .topologies import LOOPBACK, MONOLITH, PROCESSES, TOPOLOGIES

__all__ = ["LOOPBACK", "MONOLITH", "PROCESSES", "TOPOLOGIES", "TestHost", "acting_as"]
