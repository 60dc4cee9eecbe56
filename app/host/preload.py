"""What several processes of a topology are going to need is imported before they are forked: once, and its memory shared."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import import_module

from ..placing.plan import ProcessPlan
from ..storing.revisions import migrations_of

EVERY = (
    "cli.quick",
    "host.composition",
    "host.process",
    "observing.logs",
    "observing.console",
    "calling.schema.schema",
)
WORTH = 2
"""Processes: what only one of them needs, it imports itself."""


def preload(plans: Iterable[ProcessPlan]) -> tuple[str, ...]:
    """Import what is shared by processes with these plans; what has been. gRPC and whatever else starts threads of its
    own, or counts on them, is none of it: threads do not survive a fork."""
    wanted = Counter(room for plan in plans for room in _rooms(plan))
    package = __name__.partition(".")[0]
    found = (*EVERY, *(room for room, times in wanted.items() if times >= WORTH))
    for room in found:
        import_module(f"{package}.{room}")
    return found


def open_files() -> frozenset[str]:
    """The file descriptors of this process. What an import leaves open, forks would have in common, or lose and find
    somebody else's file in its place."""
    try:
        return frozenset(os.listdir("/proc/self/fd"))
    except OSError:  # where there are no forks either
        return frozenset()


def _rooms(plan: ProcessPlan) -> Iterator[str]:
    answers = [answer for answer in plan.answers.values() if answer.placement == "remote"]
    if any(answer.transport == "lean" for answer in answers):
        yield from ("calling.lean.lines", "calling.lean.target")
    if plan.peer_address is not None and plan.transport == "lean":
        yield "calling.lean.server"
    if plan.http_address is not None:
        yield "serving.server"
    if any(migrations_of(module) is not None for module in plan.modules):
        yield "storing.engines"
