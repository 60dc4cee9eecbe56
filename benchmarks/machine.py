"""What a run ran on: figures mean little without it."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

MEASURED = ("msgspec", "dependency-injector", "grpcio", "protobuf", "litestar", "uvicorn", "uvloop", "sqlalchemy")


def processor() -> str:
    """The processor's name as the system gives it."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def facts() -> dict[str, str]:
    """Name -> value, in the order to show them."""
    return {
        "processor": f"{processor()}, {cores()} cores",
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "libraries": ", ".join(f"{name} {version(name)}" for name in MEASURED),
        "load": "other work at the start: " + " ".join(f"{one:.2f}" for one in os.getloadavg()) + " (1, 5, 15 minutes)",
    }
