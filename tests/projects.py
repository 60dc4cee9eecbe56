"""Projects in a folder of their own, for tests of the configuration and of placing; and two modules to place."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.config import Config, load
from app.module.contract import Contract, query
from app.module.declaration import Module
from app.module.message import Message
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


def configured(
    settings: str = "",
    *,
    files: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | Sequence[str] = (),
    environment: str | None = None,
    modules: Any = None,
    known: Any = None,
) -> Config:
    """The configuration of a project with this config/settings.toml."""
    with tempfile.TemporaryDirectory() as folder:
        root = written(Path(folder), {"config/settings.toml": settings, **(files or {})})
        return load(
            root=root,
            environment=environment,
            overrides=options,
            modules=modules,
            known=known,
            environ=variables or {},
        )


def topologies_of(text: str) -> topology.Topologies:
    """The topologies of a config/topologies.toml. Its folder is gone afterwards, and lines with it."""
    with tempfile.TemporaryDirectory() as folder:
        return topology.read(written(Path(folder), {"topologies.toml": text}) / "topologies.toml")


def checked(
    text: str, *modules: Module, variables: Mapping[str, str] | None = None, settings: str = "", files: Any = None
) -> Report:
    """The check of a deployment: of these modules, or else of those in `files`."""
    with tempfile.TemporaryDirectory() as folder:
        root = written(
            Path(folder), {"config/topologies.toml": text, "config/settings.toml": settings, **(files or {})}
        )
        found = discovery.find(root, "shop") if files else discovery.Found.of(modules)
        config = load(root=root, environ=variables or {}, modules=found.names)
        try:
            return check(topology.read(root / "config" / "topologies.toml"), found, config, variables or {})
        finally:
            forget(root)


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
) -> ProcessPlan:
    """The plan of one process."""
    with tempfile.TemporaryDirectory() as folder:
        root = written(Path(folder), {"topologies.toml": text, "config/settings.toml": settings})
        found = discovery.Found.of(modules)
        config = load(root=root, environ=variables or {}, modules=found.names)
        topologies = topology.read(root / "topologies.toml")
        return plan(topologies, name, process, found, config, variables or {}, loopback=loopback)


class Product(Message):
    id: str = ""


class Catalog(Contract, service="shop.CatalogService"):
    @query(http="GET /products/{id}")
    async def get_product(self, id: str) -> Product: ...


class Carts(Contract):
    @query()
    async def get_cart(self, id: str) -> Product: ...


class Shelf(Catalog):
    async def get_product(self, id: str) -> Product:
        return Product(id)


class Basket(Carts):
    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    async def get_cart(self, id: str) -> Product:
        return await self.catalog.get_product(id)


catalog = Module(name="catalog", exports=[Catalog.by(Shelf)])
cart = Module(name="cart", exports=[Carts.by(Basket)])
