"""Projects in a folder of their own, for tests of the configuration and of placing."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.config import Config, load
from app.module.declaration import Module
from app.placing import discovery, topology
from app.placing.check import Report, check
from app.placing.plan import ProcessPlan, plan


def written(root: Path, files: Mapping[str, str]) -> Path:
    """Write files below a folder."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@contextmanager
def folder_of(root: Path | None) -> Generator[Path]:
    """A folder: the one given, or one that is gone afterwards."""
    if root is not None:
        yield root
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def configured(
    settings: str = "",
    *,
    files: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | Sequence[str] = (),
    environment: str | None = None,
    modules: Any = None,
    known: Any = None,
    root: Path | None = None,
) -> Config:
    """The configuration of a project with this config/settings.toml, in a folder that is given or soon gone."""
    with folder_of(root) as folder:
        written(folder, {"config/settings.toml": settings, **(files or {})})
        return load(
            root=folder,
            environment=environment,
            overrides=options,
            modules=modules,
            known=known,
            environ=variables or {},
        )


def topologies_of(text: str, root: Path | None = None) -> topology.Topologies:
    """The topologies of a config/topologies.toml."""
    with folder_of(root) as folder:
        return topology.read(written(folder, {"topologies.toml": text}) / "topologies.toml")


def checked(
    text: str,
    *modules: Module,
    variables: Mapping[str, str] | None = None,
    settings: str = "",
    files: Mapping[str, str] | None = None,
    root: Path | None = None,
) -> Report:
    """The check of a deployment: of these modules, or else of those in `files`."""
    with folder_of(root) as folder:
        written(folder, {"config/topologies.toml": text, "config/settings.toml": settings, **(files or {})})
        found = discovery.find(folder, "shop") if files else discovery.Found.of(modules)
        config = load(root=folder, environ=variables or {}, modules=found.names)
        try:
            return check(topology.read(folder / "config" / "topologies.toml"), found, config, variables or {})
        finally:
            forget(folder)


def forget(root: Path, package: str = "shop") -> None:
    """Let no other test import what a project's modules were."""
    sys.path[:] = [entry for entry in sys.path if entry != str(root.resolve())]
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        del sys.modules[name]


def planned(
    text: str,
    name: str,
    process: str | None,
    *modules: Module,
    variables: Mapping[str, str] | None = None,
    settings: str = "",
    loopback: bool = False,
    root: Path | None = None,
) -> ProcessPlan:
    """The plan of one process."""
    with folder_of(root) as folder:
        written(folder, {"topologies.toml": text, "config/settings.toml": settings})
        found = discovery.Found.of(modules)
        config = load(root=folder, environ=variables or {}, modules=found.names)
        topologies = topology.read(folder / "topologies.toml")
        return plan(topologies, name, process, found, config, variables or {}, loopback=loopback)
