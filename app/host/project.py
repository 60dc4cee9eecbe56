"""A project on disk: its modules, configuration and topologies, each read when it is asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .. import config as configuration
from ..placing import discovery, topology
from ..telling.refusals import Refused
from ..telling.refusals.placing import NoProject

if TYPE_CHECKING:
    from ..config import Config
    from ..placing.check import Report
    from ..placing.plan import ProcessPlan

TOPOLOGIES = Path("config") / "topologies.toml"


def project_root(start: Path | None = None) -> Path:
    """The nearest folder, from here upwards, that holds config/topologies.toml. Raises Refused where there is none."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / TOPOLOGIES).is_file():
            return folder
    raise Refused([NoProject(folder=str(here), wanted=str(TOPOLOGIES))])


@dataclass(frozen=True)
class Project:
    """The project in a folder, as one environment and one command line see it."""

    root: Path
    environment: str | None = None
    overrides: Sequence[str] = ()
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    @cached_property
    def found(self) -> discovery.Found:
        """The modules, by name; their code is imported when it is needed."""
        return discovery.find(self.root)

    @cached_property
    def topologies(self) -> topology.Topologies:
        """config/topologies.toml. Raises Refused."""
        return topology.read(self.root / TOPOLOGIES)

    def config(self, *modules: str) -> Config:
        """The configuration, with the sections of these modules checked. Raises Refused."""
        return configuration.load(
            root=self.root,
            environment=self.environment,
            overrides=self.overrides,
            modules=self.found.settings(*modules),
            known=self.found.names,
            environ=self.environ,
        )

    def plan(self, name: str, process: str | None) -> tuple[ProcessPlan, Config]:
        """What one process of a topology does, and its configuration. Raises Refused."""
        from ..placing.plan import placed, plan

        modules = placed(self.topologies, name, process, self.found)
        config = self.config(*modules)
        try:
            return plan(self.topologies, name, process, self.found, config, self.environ), config
        except Refused as refused:
            from .proof import with_graph

            raise with_graph(refused, [self.found.load(module) for module in modules]) from None

    def check(self) -> Report:
        """Prove every topology without starting anything. Raises Refused with everything that is wrong."""
        from ..placing.check import check

        return check(self.topologies, self.found, self.config(), self.environ)
