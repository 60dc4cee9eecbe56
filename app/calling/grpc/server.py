"""The gRPC face of bindings: what arrives is decoded, scoped and called; whatever goes wrong is said as a status."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

import grpc
import grpc.aio

from ...telling.refusals import Refused
from ...telling.refusals.running import PortTaken
from ...telling.steps import Teller
from ..binding import Binding
from ..desk import Desk
from ..listening import free
from ..metadata import Authenticate
from ..principal import Seal
from ..schema.reflection import Reflection
from ..schema.schema import Schema
from .channels import METADATA_BYTES
from .handlers import handlers_of
from .health import SERVICE, Health, health_file

if TYPE_CHECKING:
    from ..lean.tls import Tls

PATIENCE = 3600.0
"""Seconds that gRPC's own grace lasts beyond ours, which always comes first."""
LAST_ANSWERS = 0.2
"""Seconds that answers may take to leave once their handlers are done."""


class GrpcServer:
    """Serves bindings, reflection and grpc.health.v1 at one address.

    address: `host:port` (port 0: any free one) or `unix:/path`. key: the deployment's; without it principals that
    arrive are dropped. foreign_face: for the outside world; principals that arrive are dropped whatever the key, and
    `authenticate` says whom `authorization` stands for.
    default_deadline: seconds, of calls that arrive without one. max_concurrency: calls in flight; 0 is no limit.
    """

    def __init__(
        self,
        bindings: Sequence[Binding],
        schema: Schema,
        *,
        address: str,
        tell: Teller,
        key: bytes | None = None,
        foreign_face: bool = False,
        authenticate: Authenticate | None = None,
        default_deadline: float = 30.0,
        max_message_bytes: int = 4 * 1024 * 1024,
        max_concurrency: int = 0,
        credentials: grpc.ServerCredentials | None = None,
        tls: Tls | None = None,
        observer: Any = None,
        edge: str = "",
        setting: str = "",
    ) -> None:
        self.bindings = tuple(bindings)
        self._schema = schema
        self._address = address
        self._credentials, self._tls = credentials, tls
        self._max_message_bytes = max_message_bytes
        self._edge = edge or ("grpc" if foreign_face else "peers")
        self._setting = setting
        seal = Seal(key) if key and not foreign_face else None
        known = authenticate if foreign_face else None
        self._desk = Desk(seal, default_deadline, max_concurrency, tell, observer, known, foreign_face)
        self._health = Health(binding.spec.service for binding in bindings)
        self._server: grpc.aio.Server | None = None
        self.address = ""
        """Where it listens, once it does."""

    @property
    def running(self) -> int:
        """Calls in flight."""
        return self._desk.running

    async def start(self) -> str:
        """Listen, and answer health with not serving until `ready`. Returns the address, its port filled in.

        Raises Refused (PortTaken, CannotListen).
        """
        options: list[tuple[str, Any]] = [
            ("grpc.so_reuseport", 0),  # a taken port is an error, not a lottery
            ("grpc.http2.bdp_probe", 0),
            ("grpc.max_receive_message_length", self._max_message_bytes),
            ("grpc.max_send_message_length", -1),
            ("grpc.max_metadata_size", METADATA_BYTES),
            ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
            ("grpc.keepalive_permit_without_calls", 1),
        ]
        server = grpc.aio.server(options=options)
        server.add_generic_rpc_handlers([handlers_of(binding, self._desk) for binding in self.bindings])
        server.add_generic_rpc_handlers([self._health.handlers(), *self._reflection()])
        self.address = await self._listen(server)
        await server.start()
        self._server = server
        return self.address

    def ready(self, serving: bool) -> None:
        """What health says from now on."""
        self._health.ready(serving)

    async def stop(self, grace: float) -> int:
        """Refuse new calls, let those in flight finish within `grace` seconds, cut off the rest: returns how many."""
        server, self._server = self._server, None
        if server is None:
            return 0
        self._desk.drain()
        self._health.close()
        end = monotonic() + grace
        # Its own grace never ends: gRPC that cancels what is left while the second stop has just freed the server is a
        # segmentation fault (grpcio 1.85).
        stopping = asyncio.get_running_loop().create_task(server.stop(grace + PATIENCE))
        await self._desk.idle(end)
        left = self._desk.running
        # The last answers are still on their way; streams of reflection would stay for all of the grace.
        await asyncio.wait([stopping], timeout=0.0 if left else LAST_ANSWERS)
        await server.stop(None)
        await stopping
        return left

    async def _listen(self, server: grpc.aio.Server) -> str:
        address, credentials = self._address, self._credentials
        await free(address, self._edge, self._setting)
        if credentials is None and self._tls is not None and not address.startswith("unix:"):
            authority, key, certificate = self._tls.pem()
            credentials = grpc.ssl_server_credentials([(key, certificate)], authority, require_client_auth=True)
        try:
            if credentials is None:
                port = server.add_insecure_port(address)
            else:
                port = server.add_secure_port(address, credentials)
        except RuntimeError:
            raise Refused([PortTaken(edge=self._edge, address=address, setting=self._setting)]) from None
        return address if address.startswith("unix:") else f"{address.rpartition(':')[0]}:{port}"

    def _reflection(self) -> Sequence[grpc.GenericRpcHandler]:
        served = [*(binding.spec.service for binding in self.bindings), SERVICE]
        internal = [spec.service for spec in self._schema.specs if spec.contract.__internal__]
        hidden = internal if self._desk.outside else ()
        return Reflection(self._schema, lambda: served, [health_file()], hidden).handlers()
