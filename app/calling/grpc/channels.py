"""Connections to peers: one channel for each address, shared by all contracts, quick to come back."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import grpc
import grpc.aio

from ...telling.steps import NeighbourFound, NeighbourLost, Teller
from ..principal import Seal
from ..rotation import Lateness

if TYPE_CHECKING:
    from ..lean.tls import Tls

READY = grpc.ChannelConnectivity.READY
BROKEN = grpc.ChannelConnectivity.TRANSIENT_FAILURE
GONE = grpc.ChannelConnectivity.SHUTDOWN

METADATA_BYTES = 64 * 1024
_OPTIONS: tuple[tuple[str, Any], ...] = (
    ("grpc.http2.bdp_probe", 0),  # windows stay at 64 KiB: a producer runs no further ahead of its reader
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 1000),  # how long one attempt to connect may take
    ("grpc.max_reconnect_backoff_ms", 800),  # gRPC adds up to a fifth: a neighbour is found within a second
    ("grpc.max_send_message_length", -1),  # what is too large is refused before it gets here
    ("grpc.max_metadata_size", METADATA_BYTES),
    ("grpc.use_local_subchannel_pool", 1),
)
_OWN: tuple[tuple[str, Any], ...] = (
    ("grpc.enable_http_proxy", 0),
    ("grpc.keepalive_time_ms", 10_000),  # a peer that hangs below a stream is noticed
    ("grpc.keepalive_timeout_ms", 5_000),
)
_BALANCED: dict[str, Any] = {"loadBalancingConfig": [{"round_robin": {}}]}
_WATCHED = {**_BALANCED, "healthCheckConfig": {"serviceName": ""}}
"""gRPC's own client watches grpc.health.v1: a peer that says it is not serving counts as not reachable."""


class Line(Lateness):
    """One address and its channel. `state` is what was last seen of the connection."""

    def __init__(self, address: str, channel: grpc.aio.Channel, tell: Teller | None) -> None:
        super().__init__()
        self.address = address
        self.channel = channel
        self.contracts: set[str] = set()
        """Who calls here, for the steps."""
        self._tell = tell
        self._lost = False
        self._methods: dict[tuple[str, str], Any] = {}
        self.state = channel.get_state(try_to_connect=True)
        self.watching = asyncio.get_running_loop().create_task(self._watch(), name=f"watch {address}")

    def method(self, shape: str, path: str) -> Any:
        """gRPC's callable for a method; shape is `unary_unary`, `stream_unary` and so on."""
        made = self._methods.get((shape, path))
        if made is None:
            made = self._methods[shape, path] = getattr(self.channel, shape)(path)
        return made

    @property
    def fit(self) -> bool:
        """Whether calls should go here."""
        return self.state is READY and not self.shunned

    @property
    def broken(self) -> bool:
        """Whether it cannot be reached, as far as is known."""
        return self.state is BROKEN

    async def _watch(self) -> None:
        while self.state is not GONE:
            await self.channel.wait_for_state_change(self.state)
            self.state = self.channel.get_state(try_to_connect=True)
            if self.state is BROKEN and not self._lost:
                self._lost = True
                self._say(NeighbourLost)
            elif self.state is READY and self._lost:
                self._lost = False
                self._say(NeighbourFound)

    def _say(self, step: type[NeighbourLost] | type[NeighbourFound]) -> None:
        if self._tell is not None:
            self._tell(step(contract=", ".join(sorted(self.contracts)), address=self.address))


class Channels:
    """All lines of a process. Nothing connects before the first call that needs it.

    key: the deployment's, with which principals are signed; without one they stay at home. credentials: TLS. tls: the same between
    our own processes, for addresses that are no unix sockets; their certificates must name their hosts.
    max_message_bytes: the largest answer taken.
    """

    def __init__(
        self,
        *,
        key: bytes | None = None,
        credentials: grpc.ChannelCredentials | None = None,
        tls: Tls | None = None,
        max_message_bytes: int = 4 * 1024 * 1024,
        tell: Teller | None = None,
    ) -> None:
        self.seal = Seal(key) if key else None
        self._credentials, self._tls = credentials, tls
        self._max_message_bytes = max_message_bytes
        self._tell = tell
        self._lines: dict[tuple[str, bool], Line] = {}
        self.closed = False

    def line(self, address: str, foreign: bool) -> Line:
        """The line to an address, made when first asked for. Foreign peers are trusted with less, and asked for less:
        no pings that they might punish, no health service that they might not have."""
        found = self._lines.get((address, foreign))
        if found is None:
            found = self._lines[address, foreign] = Line(address, self._channel(address, foreign), self._tell)
        return found

    def _channel(self, address: str, foreign: bool) -> grpc.aio.Channel:
        config = _BALANCED if foreign else _WATCHED
        options = [
            *_OPTIONS,
            *(() if foreign else _OWN),
            ("grpc.max_receive_message_length", self._max_message_bytes),
            ("grpc.service_config", json.dumps(config)),
        ]
        credentials = self._credentials
        if credentials is None and self._tls is not None and not address.startswith("unix:"):
            authority, key, certificate = self._tls.pem()
            credentials = grpc.ssl_channel_credentials(authority, key, certificate)
        if credentials is not None:
            return grpc.aio.secure_channel(address, credentials, options)
        return grpc.aio.insecure_channel(address, options)

    async def close(self) -> None:
        """Close every connection; calls in flight become Unavailable."""
        self.closed = True
        lines, self._lines = list(self._lines.values()), {}
        for line in lines:
            line.watching.cancel()
        await asyncio.gather(*(line.watching for line in lines), return_exceptions=True)
        await asyncio.gather(*(line.channel.close() for line in lines))
