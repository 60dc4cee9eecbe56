"""The ways in of one process: HTTP, public gRPC, the wire of its peers, the management address."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ..ambient import Principal
from ..calling.counts import BOUNDS
from ..module.contract import Contract
from ..placing.addresses import socket_of
from ..telling.steps import Drained, Draining, Listening, Teller
from .folders import closed_folder

if TYPE_CHECKING:
    from ..calling.grpc.server import GrpcServer
    from ..calling.lean.server import LeanServer
    from ..config import Config
    from ..placing.plan import ProcessPlan
    from ..serving.answers import Answer
    from ..serving.health import Health, Need
    from ..serving.management import ManagementEdge
    from ..serving.observing import RequestObserver
    from ..serving.server import HttpEdge
    from .bindings import Bindings

Controllers = Callable[[], Sequence[tuple[str, type[Any], dict[str, Any]]]]


class Edges:
    """Opens, drains and closes the servers that a process plan asks for; imports none that it does not.

    needs: what readiness asks for besides the host's own word. authenticate: whom credentials from outside stand for.
    requests: makes spans of HTTP requests.
    """

    def __init__(
        self,
        plan: ProcessPlan,
        config: Config,
        bindings: Bindings,
        controllers: Controllers,
        tell: Teller,
        needs: Mapping[str, Need],
        authenticate: Callable[[str], Principal],
        requests: RequestObserver | None = None,
    ) -> None:
        self._plan, self._config, self._bindings, self._tell = plan, config, bindings, tell
        self._controllers, self._needs, self._requests = controllers, needs, requests
        self._authenticate = authenticate
        self._http: list[HttpEdge | ManagementEdge] = []
        self._calls: list[GrpcServer | LeanServer] = []
        self._health: Health | None = None
        self.addresses: dict[str, str] = {}
        """Edge -> the address where it listens."""

    async def open(self) -> None:
        """Bind every address. Raises Refused (PortTaken, FolderUnusable); those bound before stay open until `drain`."""
        plan = self._plan
        if plan.peer_address and plan.serves:
            own = socket_of(self._config.data_dir, plan.topology, plan.process, plan.replica)
            if plan.peer_address == str(own):  # an address that was given is in a place that somebody has prepared
                closed_folder(Path(own.path).parent)
            other = plan.beside.contracts if plan.beside is not None else ()
            own_contracts = tuple(contract for contract in plan.serves if contract not in other)
            await self._open_peers("peers", plan.transport, plan.peer_address, own_contracts)
            if plan.beside is not None:
                await self._open_peers(
                    f"peers-{plan.beside.transport}", plan.beside.transport, plan.beside.address, other
                )
        if plan.grpc_address and plan.grpc:
            await self._open_grpc("grpc", plan.grpc_address, plan.grpc)
        if plan.http_address or plan.management_address:
            from ..serving.health import Health

            self._health = Health()
            for name, need in self._needs.items():
                self._health.need(name, need)
            if plan.http_address:
                await self._open_http(plan.http_address, self._health)
            if plan.management_address:
                await self._open_management(plan.management_address, self._health)

    def ready(self, ready: bool) -> None:
        """Let health say so: readiness over HTTP, the serving status over gRPC."""
        if self._health is not None:
            self._health.ready = ready
            self._health.why_not = "the process is stopping"
        for server in self._calls:
            server.ready(ready)

    async def drain(self) -> None:
        """Stop accepting, let what is in flight finish within the drain timeout, cut off the rest, close."""
        if not (self._http or self._calls):
            return
        began, seconds = perf_counter(), self._config.life.drain_timeout
        self._tell(Draining(seconds=seconds))
        servers = (*self._http, *self._calls)
        self._http, self._calls, self.addresses = [], [], {}
        left = await asyncio.gather(*(server.stop(seconds) for server in servers))
        self._tell(Drained(seconds=perf_counter() - began, left=sum(left)))

    async def _open_peers(self, edge: str, transport: str, address: str, contracts: Sequence[type[Contract]]) -> None:
        if transport == "grpc":
            await self._open_grpc(edge, address, contracts)
            return
        from ..calling.lean.server import LeanServer

        server = LeanServer(
            [self._bindings.served(contract) for contract in contracts],
            address=address,
            edge=edge,
            key=self._bindings.key,
            tls=self._bindings.tls,
            tell=self._tell,
            observer=self._bindings.observer,
            default_deadline=self._config.calls.default_deadline,
            max_message_bytes=self._config.grpc.max_message_bytes,
            node=f"{self._plan.process}-{self._plan.replica}",
        )
        self._opened(edge, await server.start())
        self._calls.append(server)

    async def _open_grpc(self, edge: str, address: str, contracts: Sequence[type[Contract]]) -> None:
        from ..calling.grpc.server import GrpcServer

        server = GrpcServer(
            [self._bindings.served(contract) for contract in contracts],
            self._bindings.schema,
            address=address,
            edge=edge,
            setting="PANGAEA_GRPC_PORT" if edge == "grpc" else "",
            foreign_face=edge == "grpc",
            authenticate=self._authenticate,
            key=self._bindings.key,
            tell=self._tell,
            observer=self._bindings.observer,
            default_deadline=self._config.calls.default_deadline,
            max_message_bytes=self._config.grpc.max_message_bytes,
            tls=self._bindings.tls if edge != "grpc" else None,
        )
        self._opened(edge, await server.start())
        self._calls.append(server)

    async def _open_http(self, address: str, health: Health) -> None:
        from ..serving.limits import Limits
        from ..serving.server import HttpEdge

        http = self._config.http
        limits = Limits(
            max_body_bytes=http.max_body_bytes,
            max_header_bytes=http.max_header_bytes,
            deadline=self._config.calls.default_deadline,
        )
        edge = HttpEdge(
            bindings=[self._bindings.served(contract) for contract in self._plan.grpc],
            controllers=self._controllers(),
            health=health,
            tell=self._tell,
            limits=limits,
            authenticate=self._authenticate,
            cookie=self._config.identity.cookie,
            observer=self._requests,
            trusted_proxies=http.trusted_proxies,
        )
        await self._open("http", edge, address)

    async def _open_management(self, address: str, health: Health) -> None:
        from ..serving.management import ManagementEdge

        edge = ManagementEdge(health=health, tell=self._tell, pages={"/metrics": self._metrics})
        await self._open("management", edge, address)

    async def _open(self, name: str, edge: HttpEdge | ManagementEdge, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._opened(name, await edge.start(host.strip("[]"), int(port)))
        self._http.append(edge)

    def _metrics(self) -> Answer:
        """The counts of all calls in Prometheus's format."""
        from ..observing.metrics import exposition, rows_of
        from ..serving.answers import Answer

        text = exposition(rows_of(self._bindings.all(), BOUNDS))
        return Answer(200, text.encode(), b"text/plain; version=0.0.4; charset=utf-8")

    def _opened(self, edge: str, address: str) -> None:
        self.addresses[edge] = address
        self._tell(Listening(edge=edge, address=address))
