"""TestHost: modules joined and running for the length of a test, in the topology that the test asks for."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar

from .. import config as configuration
from ..calling.observer import Observer
from ..config import Config
from ..host.composition import Host
from ..module.declaration import Module
from ..placing import topology as topologies
from ..placing.discovery import Found
from ..placing.plan import plan
from ..telling.refusals import Refused
from ..telling.refusals.placing import UnknownTopology
from ..telling.steps import Step, Teller
from ..wiring.graph import Replacement
from .children import Children
from .topologies import HERE, LOOPBACK, MONOLITH, PROCESSES, TOPOLOGIES, topologies_toml

T = TypeVar("T")


class TestHost:
    """`async with TestHost(catalog, cart, topology="processes") as host: await host.get(Catalog).list_products()`.

    topology: monolith, loopback (same process, real sockets) or processes (each module a process of its own).
    settings: `{"modules.cart.max_lines": 3, "calls.attempts": 1}`, over the defaults; no file of the project is read.
    edges: open HTTP and gRPC on free ports; `http` and `grpc` then tell the addresses.
    observer: makes spans of this process's calls, such as `app.observing.traces.Traces`.
    """

    __test__: ClassVar[bool] = False

    def __init__(
        self,
        *modules: Module,
        topology: str = MONOLITH,
        settings: Mapping[str, Any] | None = None,
        edges: bool = False,
        observer: Observer | None = None,
    ) -> None:
        if topology not in TOPOLOGIES:
            raise Refused([UnknownTopology(topology=topology, known=TOPOLOGIES)])
        self.topology = topology
        self.steps: list[Step] = []
        """Everything that the host of this process said, in order."""
        self._modules = modules
        self._settings = dict(settings or {})
        self._with_edges = edges
        self._observer = observer
        self._replace: dict[Any, Replacement] = {}
        self._folder: Path | None = None
        self._host: Host | None = None
        self._children: Children | None = None

    def replace(self, key: Any, value: Any = None, *, by: Any = None) -> Self:
        """Put something else where a type is provided: a value, or what a constructor makes of the graph.

        Call it before the host starts. In `processes` the value must survive pickling and the constructor must stand
        at the top of a module, since it is made where the module runs.
        """
        if self._host is not None:
            raise RuntimeError("replace before the host starts: a fresh host is built for each test")
        self._replace[key] = Replacement(by=by) if by is not None else Replacement(value=value)
        return self

    async def __aenter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="pangaea-"))
        try:
            await self._start(self._folder)
        except BaseException:
            await self._clean_up()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if self._host is not None:
                await self._host.__aexit__(kind, error, traceback)
        finally:
            await self._clean_up()

    def get(self, wanted: type[T], module: str = "") -> T:
        """A contract's caller, or any value of the graph of this process as a constructor of `module` would get it."""
        return self.host.get(wanted, module)

    @property
    def host(self) -> Host:
        """The host of the test's own process."""
        if self._host is None:
            raise RuntimeError("the test host is not started: use `async with`")
        return self._host

    @property
    def http(self) -> str:
        """The base URL of the HTTP edge."""
        return f"http://{self.host.addresses['http']}"

    @property
    def grpc(self) -> str:
        """The address of the public gRPC edge."""
        return self.host.addresses["grpc"]

    @property
    def children(self) -> Children:
        """The other processes, in the topology `processes`: kill them, wait for them."""
        if self._children is None:
            raise RuntimeError(f"a {self.topology} has no other processes")
        return self._children

    async def _start(self, folder: Path) -> None:
        found = Found.of(self._modules)
        (folder / "config").mkdir()
        path = folder / "config" / "topologies.toml"
        path.write_text(topologies_toml(module.name for module in self._modules))
        settings = {
            "http.enabled": self._with_edges,
            "grpc.enabled": self._with_edges,
            "http.port": 0,
            "grpc.port": 0,
            "deployment.key": secrets.token_hex(16),
            **self._settings,
        }
        config = configured(folder, found, settings)
        name = PROCESSES if self.topology == PROCESSES else MONOLITH
        loopback = self.topology == LOOPBACK
        process = plan(topologies.read(path), name, HERE, found, config, {}, loopback=loopback)
        if self.topology == PROCESSES:
            self._children = Children(folder, self._modules, settings, self._replace)
            await self._children.start()
        host = Host(process, found, config, tell=Teller(self.steps.append), replace=self._replace)
        host.bindings.observer = self._observer
        await host.start()
        self._host = host

    async def _clean_up(self) -> None:
        self._host = None
        if self._children is not None:
            await self._children.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def configured(folder: Path, found: Found, settings: Mapping[str, Any]) -> Config:
    """The configuration of a test: defaults, and what the test sets."""
    modules = found.settings(*found.names)
    return configuration.load(root=folder, environment="testing", overrides=settings, modules=modules, environ={})
