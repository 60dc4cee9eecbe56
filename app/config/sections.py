"""The host's own sections of the configuration: frozen, typed, with their defaults. Times are seconds, sizes bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import asdict

from ..module.settings import Secret, Settings
from .origin import masked_url

Port = Annotated[int, Meta(ge=0, le=65535)]
Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]


class Http(Settings):
    """The REST edge."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: Port = 8080
    """0 takes any free port."""
    max_body_bytes: Positive = 1024 * 1024
    max_header_bytes: Positive = 16 * 1024
    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks, such as 10.0.0.0/8, of the proxies whose X-Forwarded-Proto and X-Forwarded-For count."""


class Grpc(Settings):
    """The gRPC edge."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: Port = 9090
    """0 takes any free port."""
    max_message_bytes: Positive = 4 * 1024 * 1024


class Management(Settings):
    """Health and metrics at an address of their own."""

    host: str = ""
    """Empty: the host of the REST edge."""
    port: Port = 0
    """0: served by the REST edge instead."""


class Data(Settings):
    """Where files are kept: databases, sockets."""

    dir: str = "data"
    """Relative to the project's root."""


class Log(Settings):
    """What is said, and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "console", "json"] = "auto"
    """auto: console in development and on a terminal, JSON otherwise."""


class Database(Settings):
    """The pool that the modules of a process share."""

    url: str = ""
    """Empty: a SQLite file for each module in the data folder."""
    replica_url: str = ""
    """A read replica of it, from which queries are answered; empty: none."""
    pool_size: Positive = 5
    """Connections kept by a process."""
    max_overflow: Count = 5
    """Connections beyond `pool_size` when it is busy."""
    limit: Count = 0
    """Connections that the server grants to all processes together; 0: not declared, not checked."""
    connect_timeout: Seconds = 5.0
    migrate: Literal["auto", "always", "never"] = "auto"
    """Whether pending migrations are applied at start rather than refused; auto: to a new database, and in development
    and testing to any."""

    def migrates(self, environment: str) -> bool:
        """Whether pending migrations are applied at start in an environment, also to a database that is in use."""
        if self.migrate == "auto":
            return environment in ("development", "testing")
        return self.migrate == "always"

    def __repr__(self) -> str:
        return f"Database(url={masked_url(self.url)!r}, pool_size={self.pool_size})"


class CallPolicy(Settings):
    """How calls are protected where they leave the process. Only what is declared safe is retried."""

    attempts: Positive = 3
    """Tries altogether, of methods that may be retried."""
    backoff: Seconds = 0.05
    """Before the second try; doubled for each further one, with jitter."""
    max_backoff: Seconds = 1.0
    retry_budget: Share = 0.2
    """Retries as a share of calls, so that retries cannot become a storm."""
    breaker_failures: Count = 5
    """Failures in a row that open the breaker; 0: no breaker."""
    breaker_seconds: Seconds = 1.0
    """How long an open breaker waits before it lets one probe through."""
    max_concurrency: Count = 0
    """Calls in flight; 0: not limited."""


class ContractPolicy(Settings):
    """What is different for one contract; what is not set is as it is for all calls."""

    attempts: Positive | None = None
    backoff: Seconds | None = None
    max_backoff: Seconds | None = None
    retry_budget: Share | None = None
    breaker_failures: Count | None = None
    breaker_seconds: Seconds | None = None
    max_concurrency: Count | None = None
    transport: Literal["lean", "grpc"] | None = None
    """How calls to it travel between processes; not set: as the topology says."""


class Calls(CallPolicy):
    """Calls between modules."""

    default_deadline: Annotated[float, Meta(gt=0)] = 30.0
    """In force for a request that brings none."""
    check_values: Literal["auto", "always", "never"] = "auto"
    """Whether values of local calls make the round trip through the schema; auto: in development and testing."""
    busy_poll: Seconds = 0.0001
    """How long a single call polls for its answer before its caller sleeps; 0: never."""
    policies: Mapping[str, ContractPolicy] = {}
    """By the contract's class name or service."""

    def checks(self, environment: str) -> bool:
        """Whether values of local calls are checked in an environment."""
        if self.check_values == "auto":
            return environment in ("development", "testing")
        return self.check_values == "always"

    def policy(self, *names: str) -> CallPolicy:
        """The policy of a contract, given by its names; case does not count, since variables have none."""
        values = {name: getattr(self, name) for name in CallPolicy.__struct_fields__}
        for policy in self._own(names):
            own = asdict(policy)
            values |= {name: own[name] for name in values if own[name] is not None}
        return CallPolicy(**values)

    def transport(self, *names: str) -> Literal["lean", "grpc"] | None:
        """How calls to a contract travel between processes, where a policy says so; given by its names."""
        return next((own.transport for own in self._own(names) if own.transport is not None), None)

    def _own(self, names: Sequence[str]) -> list[ContractPolicy]:
        wanted = {name.casefold() for name in names}
        return [policy for name, policy in self.policies.items() if name.casefold() in wanted]


class Life(Settings):
    """How long starting and stopping may take."""

    start_timeout: Annotated[float, Meta(gt=0)] = 15.0
    stop_timeout: Annotated[float, Meta(gt=0)] = 15.0
    drain_timeout: Seconds = 10.0
    """For what is in flight when the process is told to go."""
    lame_duck: Seconds = 0.0
    """Between saying not ready and closing the doors, for load balancers to notice."""


class Deployment(Settings):
    """What the processes of one deployment share."""

    key: Secret[str] | None = None
    """Signs the principal between processes; without it none is believed."""


class Peers(Settings):
    """TLS between the processes of a deployment: all three files, in PEM, or none."""

    certificate: str = ""
    """This process's own, relative to the project's root."""
    private_key: str = ""
    authority: str = ""
    """Who signs the certificates of all processes; nobody else is talked to."""


class Identity(Settings):
    """Tokens that say who is calling, and where the edges look for them."""

    key: Secret[Annotated[str, Meta(min_length=32)]] | None = None
    """Signs tokens: HS256 asks for 32 bytes (RFC 7518 §3.2). Without it no token is believed."""
    issuer: Annotated[str, Meta(min_length=1)] = "pangaea"
    """Of the tokens that are issued, and of those that are believed; so is `audience`."""
    audience: Annotated[str, Meta(min_length=1)] = "pangaea"
    cookie: Annotated[str, Meta(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]*$")] = ""
    """The cookie that carries a token for controllers; empty: none."""


class Tracing(Settings):
    """Where spans go."""

    endpoint: str = ""
    """An OTLP endpoint such as http://127.0.0.1:4317; empty: nothing records."""
    sample: Share = 1.0
    """The share of traces that is recorded."""


class Sections(Settings):
    """All sections of the host."""

    http: Http = Http()
    grpc: Grpc = Grpc()
    management: Management = Management()
    data: Data = Data()
    log: Log = Log()
    database: Database = Database()
    calls: Calls = Calls()
    life: Life = Life()
    deployment: Deployment = Deployment()
    peers: Peers = Peers()
    identity: Identity = Identity()
    tracing: Tracing = Tracing()
