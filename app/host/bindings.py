"""The bindings of one process: one for each contract that is used here, made when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..calling.answers import methods_of
from ..calling.binding import Binding, bind
from ..calling.local import LocalTarget
from ..calling.policy import Policy
from ..calling.schema.schema import Schema
from ..calling.threads import ThreadedInstance, Threads
from ..module.contract import Contract, Threaded
from ..module.spec import ContractSpec, spec_of
from ..storing.freshness import marked
from ..telling.steps import Placed, Teller
from .key import deployment_key
from .secure import peers_tls

if TYPE_CHECKING:
    from ..calling.grpc.channels import Channels
    from ..calling.lean.lines import Lines
    from ..calling.lean.tls import Tls
    from ..calling.observer import Observer
    from ..config import Config
    from ..placing.answers import Answer
    from ..placing.plan import ProcessPlan
    from ..wiring.container import BuiltExport


class Bindings(Mapping[type[Contract], Any]):
    """Contract -> the caller that constructors are given. `binding` and `served` give what stands behind it."""

    def __init__(self, plan: ProcessPlan, config: Config, tell: Teller) -> None:
        self._plan, self._config, self._tell = plan, config, tell
        self._used: dict[type[Contract], Binding] = {}
        self._behind: dict[type[Contract], Binding] = {}
        self._threads: dict[str, Threads] = {}
        self._channels: Channels | None = None
        self._lines: Lines | None = None
        self._peer_channels: Channels | None = None
        self.observer: Observer | None = None
        """Set before the first binding is made, where something records."""
        self.schema = Schema()

    # --- what the container is offered -------------------------------------------------------------------------------

    def __getitem__(self, contract: type[Contract]) -> Any:
        return self.binding(contract).caller

    def __iter__(self) -> Iterator[type[Contract]]:
        return iter(self._plan.answers)

    def __len__(self) -> int:
        return len(self._plan.answers)

    def __contains__(self, contract: object) -> bool:
        return contract in self._plan.answers

    @property
    def local(self) -> frozenset[type[Contract]]:
        """The contracts that are answered without leaving the process."""
        return frozenset(contract for contract, answer in self._plan.answers.items() if answer.placement == "local")

    # --- what calls and serves ---------------------------------------------------------------------------------------

    def binding(self, contract: type[Contract]) -> Binding:
        """What callers in this process use. Raises KeyError where the plan has no answer."""
        binding = self._used.get(contract)
        if binding is None:
            answer = self._plan.answers[contract]
            binding = self._used[contract] = self._bind(spec_of(contract))
            if answer.placement != "local":
                binding.swap(self.remote_target(binding.spec, answer))
        return binding

    def served(self, contract: type[Contract]) -> Binding:
        """What a server of this process answers from: its own implementation where it has one, else the caller's."""
        return self._behind.get(contract) or self.binding(contract)

    def answer(self, exports: Sequence[BuiltExport]) -> None:
        """Put the built implementations behind their contracts."""
        for built in exports:
            contract = built.export.contract.__contract__
            if contract in self.local:
                binding = self.binding(contract)
            else:  # answered here but called through a socket: loopback
                binding = self._behind[contract] = self._bind(spec_of(contract))
            instances = [
                ThreadedInstance(instance, self._threads.setdefault(built.module, Threads(built.module)))
                if isinstance(declared, Threaded)
                else instance
                for declared, instance in zip(built.export.implementations, built.implementations, strict=True)
            ]
            methods = methods_of(binding.spec, instances)
            if self._config.database.replica_url:  # whoever reads must know whether a query or a command is at work
                methods = marked(binding.spec, methods)
            binding.swap(LocalTarget(binding.spec, methods, built.module))

    def remote_target(self, spec: ContractSpec, answer: Answer) -> Any:
        """A target that answers from other processes' addresses, over this process's channels."""
        if answer.placement == "remote" and answer.transport == "lean":
            from ..calling.lean.lines import Lines
            from ..calling.lean.target import LeanTarget

            if self._lines is None:
                node = f"{self._plan.process}-{self._plan.replica}"
                most = self._config.grpc.max_message_bytes
                poll = self._config.calls.busy_poll
                self._lines = Lines(
                    tell=self._tell, key=self.key, tls=self.tls, max_message_bytes=most, node=node, busy_poll=poll
                )
            return LeanTarget(spec, self._lines, answer.addresses)
        from ..calling.grpc.channels import Channels
        from ..calling.grpc.client import RemoteTarget

        if answer.placement == "external":
            if self._channels is None:
                self._channels = Channels(tell=self._tell)
            return RemoteTarget(spec, self._channels, answer.addresses, foreign=True)
        if self._peer_channels is None:
            self._peer_channels = Channels(tell=self._tell, key=self.key, tls=self.tls)
        return RemoteTarget(spec, self._peer_channels, answer.addresses)

    def all(self) -> tuple[Binding, ...]:
        """Every binding in use, for metrics."""
        return (*self._used.values(), *self._behind.values())

    def tell_placements(self) -> None:
        """Say where each contract that is used here is answered."""
        for contract in self._used:
            answer = self._plan.answers[contract]
            self._tell(
                Placed(
                    module=answer.module,
                    contract=contract.__name__,
                    placement=answer.placement,
                    addresses=answer.addresses,
                )
            )

    async def close(self) -> None:
        """Close the channels to neighbours and let the threads end."""
        for threads in self._threads.values():
            threads.close()
        ways = (self._channels, self._peer_channels, self._lines)
        self._channels = self._peer_channels = self._lines = None
        for way in ways:
            if way is not None:
                await way.close()

    @cached_property
    def key(self) -> bytes | None:
        """What signs principals on their way to other processes."""
        return deployment_key(self._config)

    @cached_property
    def tls(self) -> Tls | None:
        """What peers that are no unix sockets are talked to with. Raises Refused (BadPeersTls)."""
        return peers_tls(self._config)

    def _bind(self, spec: ContractSpec) -> Binding:
        self.schema.add(spec)
        calls = self._config.calls
        own = calls.policy(spec.contract.__name__, spec.service)
        policy = Policy(
            default_deadline=calls.default_deadline,
            attempts=own.attempts,
            backoff=own.backoff,
            backoff_limit=own.max_backoff,
            retry_budget=own.retry_budget,
            breaker_failures=own.breaker_failures,
            breaker_pause=own.breaker_seconds,
            max_concurrency=own.max_concurrency,
            max_message_bytes=self._config.grpc.max_message_bytes,
        )
        return bind(
            spec,
            self.schema,
            tell=self._tell,
            check_values=calls.check_values == "always"
            or (calls.check_values == "auto" and self._config.environment in CHECKED),
            observer=self.observer,
            policy=policy,
        )


CHECKED = ("development", "testing")
"""The environments in which local calls check their values."""
