"""Faults on the way to a contract, drawn from a seed: the same seed brings the same faults to the same calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Literal

from ..module.contract import Contract
from ..telling.steps import Ready, Step
from .faulty import FaultyTarget

if TYPE_CHECKING:
    from ..host.composition import Host

Fault = Literal["", "before", "after", "crash", "partition"]


@dataclass(frozen=True)
class FaultPlan:
    """What may happen to calls of a contract. Shares are from 0 to 1, times are seconds."""

    contract: type[Contract]
    seed: int
    latency: tuple[float, float] = (0.0, 0.0)
    before: float = 0.0
    after: float = 0.0
    crash: float = 0.0
    methods: tuple[str, ...] = ()
    """Only these; empty for all."""

    def __post_init__(self) -> None:
        shares = {"before": self.before, "after": self.after, "crash": self.crash}
        for name, share in shares.items():
            if not 0 <= share <= 1:
                raise ValueError(f"{name}={share} is no share from 0 to 1")
        if sum(shares.values()) > 1:
            raise ValueError("before, after and crash are more than 1 together")
        if not 0 <= self.latency[0] <= self.latency[1]:
            raise ValueError(f"latency={self.latency} is no span of seconds")

    def __str__(self) -> str:
        return f"faults of {self.contract.__name__}: seed={self.seed}"


@dataclass(frozen=True, slots=True)
class Injected:
    """What was done to one call: the number counts the calls of a method from 1."""

    method: str
    number: int
    fault: Fault
    latency: float = 0.0
    items: int = 0
    """Of a stream that fails after delivery: how many items come through."""


@dataclass
class Faults:
    """The faults of one contract in one process; `partition` and `heal` act while the host runs."""

    plan: FaultPlan
    injected: list[Injected] = field(default_factory=list[Injected])
    """What was done so far, in order; calls that were left alone are not in it."""
    kill: Callable[[], None] | None = None
    """Crashes the process that answers, where it is another."""
    _numbers: dict[str, int] = field(default_factory=dict[str, int])
    _cut: bool = False
    _gone: int = 0

    def partition(self) -> None:
        """From now on nobody answers: every call is Unavailable, until `heal`."""
        self._cut = True

    def heal(self) -> None:
        """Let calls through again."""
        self._cut, self._gone = False, 0

    def draw(self, method: str) -> Injected:
        """What happens to the next call of a method."""
        plan = self.plan
        number = self._numbers[method] = self._numbers.get(method, 0) + 1
        if plan.methods and method not in plan.methods:
            return Injected(method, number, "")
        chance = Random(f"{plan.seed} {plan.contract.__name__}.{method} {number}")
        latency, roll = chance.uniform(*plan.latency), chance.random()
        fault: Fault = ""
        if self._cut or self._gone > 0:
            self._gone -= 1
            fault = "partition"
        elif roll < plan.before:
            fault = "before"
        elif roll < plan.before + plan.after:
            fault = "after"
        elif roll < plan.before + plan.after + plan.crash:
            fault = "crash"
            if self.kill is None:  # it answers in this process, which goes on: nobody is there for a few calls
                self._gone = chance.randint(1, 5)
            else:
                self.kill()
        drawn = Injected(method, number, fault, latency, chance.randint(0, 8))
        if fault or latency:
            self.injected.append(drawn)
        return drawn

    def into(self, host: Host) -> None:
        """Stand between the callers of a host's process and whoever answers them, as soon as it is ready."""

        def when_ready(step: Step) -> None:
            if isinstance(step, Ready):
                forget()
                self.install(host)

        forget = host.tell.listen(when_ready)

    def install(self, host: Host) -> None:
        """Stand there now. Nothing happens where nobody of this process calls the contract, nor where it answers for
        other processes: their calls have met their faults already."""
        contract = self.plan.contract.__contract__
        answers_others = contract in host.plan.serves and contract in host.bindings.local
        if contract in host.bindings and not answers_others:
            binding = host.bindings.binding(contract)
            binding.swap(FaultyTarget(binding.target, self.draw))
