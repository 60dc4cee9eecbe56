"""All processes of a topology on one machine: what `up` and `dev` do with the supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ..observing.console import BOLD, Console, columns, duration, listed
from ..observing.logs import wants_colours
from ..observing.prefixed import Screen
from ..observing.summary import reachable
from ..placing.addresses import variable_of
from ..supervisor.child import Child, Main, children_of
from ..supervisor.followed import notify_ready
from ..supervisor.keeper import Patience, Supervisor
from ..telling.refusals import Refusal, Refused
from . import main

if TYPE_CHECKING:
    from watchfiles import Change

    from ..host.project import Project
    from ..placing.plan import ProcessPlan
    from ..placing.topology import Topology
    from ..supervisor.life import Kept

SPARE = 5.0
"""Seconds on top of what a process may take to stop, before it is killed."""
WATCHED = frozenset((".py", ".toml", ".proto", ".sql", ".html", ".j2", ".ini"))
IGNORED = frozenset((".git", ".venv", "__pycache__", "data", "node_modules", "tests", ".pytest_cache", ".ruff_cache"))


class Together:
    """The processes of one topology, supervised."""

    def __init__(self, project: Project, topology: str) -> None:
        self._project = project
        self._began = perf_counter()
        self._forks = False
        """Whether what is imported by now, by `prove`, is fit for forks."""
        self._console = Console(wants_colours(sys.stdout.isatty()))
        self.name, self.topology = project.topologies.find(topology)

    async def up(self) -> int:
        """Run all until stopped, each as a fork of this process where that is sound."""
        return await self._run(self._supervisor(forgiving=False, main=main if self._forks else None))

    async def dev(self) -> int:
        """Run all, and start all anew whenever a file of the project changes."""
        supervisor = self._supervisor(forgiving=True)
        watching = asyncio.create_task(self._watch(supervisor))
        try:
            return await self._run(supervisor)
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching

    def prove(self) -> None:
        """One clear refusal instead of the same one from every process; and what they share is imported. Raises Refused."""
        from ..host.preload import open_files, preload

        before = open_files()
        refusals: dict[Refusal, None] = {}
        plans: list[ProcessPlan] = []
        for process in self.topology.processes:
            try:
                plans.append(self._project.plan(self.name, process)[0])
            except Refused as refused:
                refusals |= dict.fromkeys(refused.refusals)
        if refusals:
            raise Refused(refusals)
        preload(plans)
        self._forks = open_files() <= before

    def _supervisor(self, *, forgiving: bool, main: Main | None = None) -> Supervisor:
        kept = children(self._project, self.name, self.topology, main)
        is_json, patience = False, Patience()
        with contextlib.suppress(Refused):  # in development the children say what is wrong with it
            config = self._project.config()
            life = config.life
            is_json = config.log.format == "json" or (
                config.log.format == "auto" and config.environment != "development"
            )  # the children see a pipe, not our terminal
            patience = Patience(stop=life.lame_duck + life.drain_timeout + life.stop_timeout + SPARE)
        names = [child.name for child in kept]
        own = sys.stderr.buffer if is_json else None
        colours = self._console.colours and not is_json
        self._screen = Screen(sys.stdout.buffer, names, colours=colours, prefixes=not is_json, own=own)
        return Supervisor(kept, self._screen, patience=patience, forgiving=forgiving)

    async def _run(self, supervisor: Supervisor) -> int:
        telling = asyncio.create_task(self._tell_ready(supervisor))
        try:
            return await supervisor.run()
        finally:
            telling.cancel()

    async def _tell_ready(self, supervisor: Supervisor) -> None:
        await supervisor.all_ready.wait()
        self._screen.say(self.summary(supervisor.kept))
        notify_ready({"processes": [kept.name for kept in supervisor.kept]})

    def summary(self, kept: tuple[Kept, ...]) -> str:
        """What runs where, and where to knock."""
        paint = self._console.paint
        count = f"{len(kept)} processes are" if len(kept) > 1 else "1 process is"
        lines = ["", f"  {paint(self.name, BOLD)}: {count} ready in {duration(perf_counter() - self._began)}", ""]
        rows = [("process", "pid", "modules")]
        for k in kept:
            rows += zip_longest((k.name,), (str(k.pid),), listed(self._modules(k.child), 60), fillvalue="")
        lines += [*columns(rows), ""]
        public = [("open to the outside", "")]
        for k in kept:
            for edge, address in addresses_of(k.ready or {}):
                if edge != "peers":
                    public.append((f"{edge} ({k.name})" if len(kept) > 1 else edge, reachable(edge, address)))
        lines += [*columns(public), ""] if len(public) > 1 else []
        others = [("answered by others", "")]
        for name, external in self.topology.external.items():
            others.append(
                (f"{external.contract} ({name})", self._project.environ.get(variable_of(name), external.address))
            )
        lines += [*columns(others), ""] if len(others) > 1 else []
        return "\n".join((*lines, "  Ctrl-C stops it all.", ""))

    def _modules(self, child: Child) -> tuple[str, ...]:
        from ..placing.plan import placed

        with contextlib.suppress(Refused):
            return placed(self._project.topologies, self.name, process_of(child), self._project.found)
        return ()

    async def _watch(self, supervisor: Supervisor) -> None:
        from watchfiles import awatch

        root = self._project.root
        async for changes in awatch(root, watch_filter=self._counts, step=100, debounce=400):
            files = sorted({path.removeprefix(f"{root}{os.sep}") for _, path in changes})
            more = f" and {len(files) - 1} more" if len(files) > 1 else ""
            self._screen.say(f"\n{files[0]}{more} changed: starting anew\n")
            self._began = perf_counter()
            supervisor.restart()

    def _counts(self, _change: Change, path: str) -> bool:
        """Whether a change of this file can change what runs."""
        below = Path(os.path.relpath(path, self._project.root))
        return below.suffix in WATCHED and not IGNORED.intersection(below.parts)


def children(project: Project, name: str, topology: Topology, main: Main | None = None) -> list[Child]:
    """The commands for every replica of every process. main: as in `children_of`."""
    options = ["--root", str(project.root)]
    if project.environment:
        options += ["--environment", project.environment]
    processes = [(process, value.replicas, bool(value.edges)) for process, value in topology.processes.items()]
    return children_of(processes, name, project.overrides, options, main)


def process_of(child: Child) -> str:
    """The process that a child's command names."""
    return child.command[child.command.index("--process") + 1]


def addresses_of(ready: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Edge and address pairs of what a process said when it became ready."""
    addresses = ready.get("edges")
    if isinstance(addresses, dict):
        for edge, address in addresses.items():
            yield str(edge), str(address)
