"""`python -m app.testing.child`: one process of a TestHost, as its parent ordered."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

from ..host.composition import Host
from ..host.process import run_host
from ..module.declaration import Module
from ..observing.logs import set_up
from ..placing import topology as topologies
from ..placing.discovery import Found
from ..placing.plan import plan
from ..supervisor.followed import follow_parent
from ..telling.steps import Teller
from .children import Order
from .test_host import configured
from .topologies import PROCESSES


def declared(source: str, name: str) -> Module:
    """The module of that name that a Python module declares. Raises LookupError with the fix."""
    for value in vars(importlib.import_module(source)).values():
        if isinstance(value, Module) and value.name == name:
            return value
    raise LookupError(f"{source} has no Module named {name!r} at its top: declare it there, outside of any function")


def main() -> int:
    """Run what the order says until told to stop."""
    follow_parent()
    order = Order.unpacked(os.environ["PANGAEA_TEST_ORDER"])
    folder = Path(order.folder)
    found = Found.of([declared(source, name) for source, name in order.modules])
    config = configured(folder, found, order.settings)
    path = folder / "config" / "topologies.toml"
    process = plan(topologies.read(path), PROCESSES, order.process, found, config, {})
    tell = Teller(set_up(config, process))
    return run_host(Host(process, found, config, tell=tell, replace=dict(order.replace)))


if __name__ == "__main__":
    sys.exit(main())
