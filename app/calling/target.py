"""What a binding needs of whoever answers: local code, a gRPC peer, or any other wire that comes to stand here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from ..ambient import Ambient
from ..module.failure import Failure, Unimplemented
from ..module.spec import MethodSpec
from ..telling.steps import Teller
from .streams import Call, Stream
from .wire import MethodWire

Unary = Callable[[Ambient, tuple[Any, ...]], Awaitable[Any]]
"""Answers a call with its result: given the ambient in force and the method's arguments in declared order."""
Streaming = Callable[[Call, tuple[Any, ...]], Stream]
"""Answers with a stream, given the binding's side of the call and the arguments. Nothing happens before its first item is
asked for."""


@dataclass(frozen=True, slots=True)
class Side:
    """What the caller's side of one method lends to a target."""

    method: MethodSpec
    wire: MethodWire
    tell: Teller
    check_values: bool
    """Whether values make the round trip through the schema even where they need not."""

    @property
    def result(self) -> type[Any]:
        """The exact class of a result, or of an item."""
        return type(None) if self.method.result is None else self.method.result


class Target(Protocol):
    """Answers a contract. Every failure that it raises is one that the caller may see (`app.calling.crossing`)."""

    placement: str
    """`local`, `remote` or `external`."""
    addresses: tuple[str, ...]

    def quick(self, method: MethodSpec) -> Callable[..., Awaitable[Any]] | None:
        """The implementation's own bound method, where nothing has to stand between; None otherwise."""
        ...

    def unary(self, side: Side) -> Unary:
        """How a method with one result is answered."""
        ...

    def streaming(self, side: Side) -> Streaming:
        """How a method with a stream of results is answered."""
        ...


@runtime_checkable
class Answerer(Protocol):
    """A target whose methods are called with nothing in between: it judges what comes back."""

    def crossed(self, side: Side, error: BaseException) -> Failure | None:
        """What the caller sees of an exception; None where it must pass as it is."""
        ...

    def wrong_class(self, side: Side, result: Any) -> Failure:
        """The failure for a result that is not of the class that the contract promises."""
        ...


class Nobody:
    """Answers nothing: where a contract has no placement (yet)."""

    placement = "nowhere"
    addresses: tuple[str, ...] = ()

    def quick(self, method: MethodSpec) -> None:
        return None

    def unary(self, side: Side) -> Unary:
        async def refuse(ambient: Ambient, args: tuple[Any, ...]) -> Any:
            raise _nobody(side.method)

        return refuse

    def streaming(self, side: Side) -> Streaming:
        def refuse(call: Call, args: tuple[Any, ...]) -> Stream:
            raise _nobody(side.method)

        return refuse


def _nobody(method: MethodSpec) -> Unimplemented:
    return Unimplemented(f"nobody answers {method.full_name} here")
