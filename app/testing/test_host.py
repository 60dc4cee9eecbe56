"""TestHost: modules joined and running for the length of a test, in the topology that the test asks for."""

from __future__ import annotations

import asyncio
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
from ..host.proof import with_graph
from ..module.contract import Contract
from ..module.declaration import Module
from ..placing import topology as topologies
from ..placing.discovery import Found
from ..placing.places import service_of
from ..placing.plan import ProcessPlan, plan
from ..telling.drawing import near_misses
from ..telling.refusals import Refused
from ..telling.refusals.placing import UnknownTopology
from ..telling.refusals.wiring import ModuleTwice
from ..telling.steps import Teller
from ..wiring.graph import Replacement
from .children import Child, Children
from .faults import FaultPlan, Faults
from .orders import Order, Sent, travelling
from .replacing import STAND_INS, Replacements, fitting
from .said import Said
from .topologies import HERE, LOOPBACK, MONOLITH, PROCESSES, TOPOLOGIES, process_of, shape_of, topologies_toml

T = TypeVar("T")
_NOTHING: Any = object()


class TestHost(Said):
    """`async with TestHost(catalog, cart, topology="processes") as host: await host.get(Catalog).list_products()`.

    topology: monolith, loopback (same process, real sockets) or processes (each module a process of its own); the
    latter two also as loopback-grpc and processes-grpc, by gRPC rather than by the lean wire.
    settings: `{"modules.cart.max_lines": 3, "calls.attempts": 1}`, over the defaults; no file of the project is read.
    edges: open HTTP and gRPC on free ports; `http` and `grpc` then tell the addresses.
    external: contract -> address of a foreign gRPC server that answers it.
    replicas: module -> how many processes run it in `processes`; the others know nothing of replicas.
    observer: makes spans of this process's calls, such as `app.observing.traces.Traces`.
    seed: of faults that name none; drawn anew by default.
    """

    __test__: ClassVar[bool] = False

    def __init__(
        self,
        *modules: Module,
        topology: str = MONOLITH,
        settings: Mapping[str, Any] | None = None,
        edges: bool = False,
        external: Mapping[type[Contract], str] | None = None,
        replicas: Mapping[str, int] | None = None,
        observer: Observer | None = None,
        seed: int | None = None,
    ) -> None:
        if topology not in TOPOLOGIES:
            near = near_misses(topology, TOPOLOGIES)
            raise Refused([UnknownTopology(topology=topology, known=TOPOLOGIES, near=near)])
        names = [module.name for module in modules]
        if twice := [module for module in modules if names.count(module.name) > 1]:
            why, cure = "is given to the TestHost twice", "give each once"
            sites = tuple(module.site for module in twice)
            raise Refused([ModuleTwice(module=twice[0].name, why=why, cure=cure, sites=sites)])
        super().__init__()
        self.topology = topology
        self._modules = modules
        self._settings = {
            "http.enabled": edges,
            "grpc.enabled": edges,
            "http.port": 0,
            "grpc.port": 0,
            "deployment.key": secrets.token_hex(16),
            "identity.key": secrets.token_hex(32),
            **(settings or {}),
        }
        self._external = {service_of(contract): address for contract, address in (external or {}).items()}
        self._replicas = dict(replicas or {})
        self._observer = observer
        self._seed = seed
        self._replace: dict[Any, Replacement] = {}
        self._faults: list[Faults] = []
        self._folder: Path | None = None
        self._host: Host | None = None
        self._children: Children | None = None

    # --- before it starts --------------------------------------------------------------------------------------------

    def replace(self, key: Any, value: Any = _NOTHING, *, by: Any = None) -> Self:
        """Put something else where a type, `Annotated[T, Named("x")]` or a contract is provided: a value, or what a
        constructor makes of the graph. A contract that no module of the test answers is answered by it.

        In `processes` a type's value must survive pickling and a constructor must stand at the top of a Python module,
        since they are used where the modules run. A contract's value stays here and can be looked at afterwards.
        """
        if self._host is not None:
            raise RuntimeError("replace before the host starts: a fresh host is built for each test")
        if (value is _NOTHING) == (by is None):
            raise TypeError("replace(T, value) or replace(T, by=constructor): one of them")
        self._replace[key] = Replacement(by=by) if by is not None else Replacement(value=value)
        return self

    def faults(
        self,
        contract: type[Contract],
        *,
        seed: int | None = None,
        latency: float | tuple[float, float] = 0.0,
        before: float = 0.0,
        after: float = 0.0,
        crash: float = 0.0,
        methods: tuple[str, ...] = (),
    ) -> Faults:
        """Let calls of a contract meet trouble: late by up to `latency` seconds (or between two), Unavailable `before`
        or `after` they are delivered, each with this probability; or whoever answers crashes and is back a little
        later. The same seed brings the same faults; it is told when the test fails.

        Said before the start, it holds for the calls between all processes (and a crash is real in `processes`); said
        later, for those of the test's own. The result counts what was injected here, and can `partition` and `heal`.
        """
        span = latency if isinstance(latency, tuple) else (0.0, latency)
        seed = seed if seed is not None else self._seed if self._seed is not None else secrets.randbelow(2**32)
        faults = Faults(FaultPlan(contract.__contract__, seed, span, before, after, crash, methods))
        self._faults.append(faults)
        if self._host is not None:
            self._inject(faults, self._host)
        return faults

    # --- while it runs -----------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        if self._host is not None:
            raise RuntimeError("the test host is started already")
        self._folder = Path(tempfile.mkdtemp(prefix="pangaea-"))
        try:
            await self._start(self._folder)
        except BaseException as error:
            await self._clean_up(error)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            for faults in self._faults:
                error.add_note(f"{faults.plan} (replay with seed={faults.plan.seed})")
        try:
            await self.host.__aexit__(kind, error, traceback)
        except BaseException as failed:
            await self._clean_up(failed)
            raise
        await self._clean_up(error)

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
        return f"http://{self._edge('http')}"

    @property
    def grpc(self) -> str:
        """The address of the public gRPC edge."""
        return self._edge("grpc")

    @property
    def children(self) -> Children:
        """The other processes, in the topology `processes`: kill them, let them hang, start them again."""
        if shape_of(self.topology) != PROCESSES:
            raise RuntimeError(f"a {self.topology} has no other processes: mark the test with topology('processes')")
        if self._children is None:
            raise RuntimeError("the test host is not started: use `async with`")
        return self._children

    @property
    def seeds(self) -> tuple[str, ...]:
        """The faults that were asked for, with their seeds."""
        return tuple(str(faults.plan) for faults in self._faults)

    @property
    def logs(self) -> dict[str, str]:
        """What the other processes have logged, by their names; empty where there are none."""
        children = self._children
        return {} if children is None else {name: children.said(name) for name in children.names}

    # --- how it comes up and goes ------------------------------------------------------------------------------------

    async def _start(self, folder: Path) -> None:
        replaced = Replacements.read(self._modules, self._replace)
        found = Found.of(replaced.applied(self._modules))
        here = (STAND_INS,) if replaced.here else ()
        split = tuple(name for name in found.names if name not in here)
        (folder / "config").mkdir()
        path = folder / "config" / "topologies.toml"
        path.write_text(topologies_toml(split, here, self._external, self._replicas))
        config = configured(folder, found, self._settings)
        file = topologies.read(path)
        try:
            whole = plan(file, MONOLITH, HERE, found, config, {})
        except Refused as refused:
            raise with_graph(refused, [found.load(name) for name in found.names]) from None

        def wired(process: ProcessPlan, replace: Mapping[Any, Replacement]) -> Host:
            return Host(process, found, config, tell=Teller(self._hear), replace=replace)

        if shape_of(self.topology) != PROCESSES:
            loopback = shape_of(self.topology) == LOOPBACK
            process = plan(file, self.topology, HERE, found, config, {}, loopback=True) if loopback else whole
            await self._run(wired(process, replaced.graph))
            return
        Host(whole, found, config, replace=replaced.graph).wire()  # what is wrong is told here, not by a child
        process = plan(file, self.topology, HERE, found, config, {})
        replace = fitting(lambda some: Host(process, found, config, replace=some), replaced.graph)
        self._children = Children(folder, self._ordered(folder, replaced))
        starting = asyncio.create_task(self._children.start())
        try:
            await self._run(wired(process, replace))
            await starting
        finally:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)

    def _ordered(self, folder: Path, replaced: Replacements) -> dict[str, Child]:
        faults = tuple(faults.plan for faults in self._faults)
        sent = Sent(self._settings, replaced.by, tuple(replaced.here), replaced.graph, faults)
        files, data = travelling(self._modules, sent)
        sources = tuple((module.source, module.name) for module in self._modules)
        children: dict[str, Child] = {}
        for number, module in enumerate(self._modules):
            order = Order(str(folder), self.topology, process_of(module.name, number), sources, files, data)
            count = self._replicas.get(module.name, 1)
            for replica in range(count):
                children[f"{module.name}-{replica}" if count > 1 else module.name] = Child(order, replica)
        return children

    async def _run(self, host: Host) -> None:
        host.bindings.observer = self._observer
        for faults in self._faults:
            self._inject(faults, host)
        await host.start()
        self._host = host

    def _inject(self, faults: Faults, host: Host) -> None:
        answer = host.plan.answers.get(faults.plan.contract)
        children = self._children
        if children is not None and answer is not None and answer.module in children.names:
            faults.kill = lambda: children.crash(answer.module)
        if host.started:
            faults.install(host)
        else:
            faults.into(host)

    def _edge(self, name: str) -> str:
        if name not in self.host.addresses:
            raise RuntimeError(f"there is no {name} edge: TestHost(…, edges=True)")
        return self.host.addresses[name]

    async def _clean_up(self, error: BaseException | None) -> None:
        """Stop the children, remove the folder. What fails then is noted on the error that there is already."""
        host, self._host = self._host, None
        try:
            if error is not None and host is not None and host.started:
                await host.__aexit__(None, None, None)
            if self._children is not None:
                await self._children.stop()
        except Exception as failed:
            if error is None:
                raise
            error.add_note(f"and while cleaning up: {failed}")
        finally:
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)


def configured(folder: Path, found: Found, settings: Mapping[str, Any]) -> Config:
    """The configuration of a test: defaults, and what the test sets."""
    modules = found.settings(*found.names)
    return configuration.load(root=folder, environment="testing", overrides=settings, modules=modules, environ={})
