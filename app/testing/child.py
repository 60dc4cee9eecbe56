"""`python -m app.testing.child ORDER`: one process of a TestHost, as its parent ordered. Leaves with 2 when refused."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..host.composition import Host
from ..host.process import REFUSED, run_host
from ..observing.logs import set_up
from ..placing import topology as topologies
from ..placing.discovery import Found
from ..placing.plan import plan
from ..supervisor.followed import follow_parent
from ..telling.refusals import Refused
from ..telling.steps import Teller
from ..wiring.graph import Replacement
from .faults import Faults
from .orders import Order
from .replacing import Replacements, absent, fitting
from .test_host import configured


def main(path: str) -> int:
    """Run what the order says until told to stop."""
    follow_parent()
    order = Order.read(Path(path))
    folder = Path(order.folder)
    modules = order.declared()
    sent = order.opened()
    found = Found.of(Replacements(by=sent.by, here=absent(sent.elsewhere)).applied(modules))
    config = configured(folder, found, sent.settings)
    file = topologies.read(folder / "config" / "topologies.toml")
    replica = {"PANGAEA_REPLICA": os.environ.get("PANGAEA_REPLICA", "0")}
    process = plan(file, order.topology, order.process, found, config, replica)

    def wired(replace: Mapping[Any, Replacement]) -> Host:
        return Host(process, found, config, replace=replace)

    replace = fitting(wired, sent.graph)
    host = Host(process, found, config, tell=Teller(set_up(config, process)), replace=replace)
    for faults in sent.faults:
        Faults(faults).into(host)
    return run_host(host)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except (Refused, LookupError) as error:
        print(error, file=sys.stderr)
        sys.exit(REFUSED)
