"""Contracts: the typed interface a module exports. Declaring one only writes down; `app.module.spec` reads it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from ..telling.refusals import Site
from .failure import Failure
from .message import Message

if TYPE_CHECKING:
    from ..ambient import Metadata

F = TypeVar("F", bound=Callable[..., Any])

ANYONE_KNOWN = "*"
"""`requires=ANYONE_KNOWN`: any principal will do, whatever its roles."""


@dataclass(frozen=True, slots=True)
class MethodDeclaration:
    """What a decorator wrote down about a contract's method, unread."""

    effect: Literal["query", "command"]
    idempotent: bool
    http: str
    body: str
    status: int
    raises: tuple[type[Failure], ...]
    requires: tuple[str, ...]
    deadline: float | None
    name: str
    request: str
    answer: str
    metadata: tuple[Metadata[Any], ...]


def query(
    *,
    http: str = "",
    body: str = "",
    status: int = 0,
    raises: Sequence[type[Failure]] = (),
    requires: str | Sequence[str] = (),
    deadline: float | None = None,
    name: str = "",
    request: str = "",
    answer: str = "",
    metadata: Sequence[Metadata[Any]] = (),
) -> Callable[[F], F]:
    """A method without side effects: it may be retried and served by a replica.

    http: `"GET /api/products/{id}?page={page}"`; body: `"*"` for the whole request or one field's name.
    status: of a REST success; 0 means 200, or 204 where the result is None.
    raises: the failures that callers may see; anything else reaches them as Internal.
    requires: roles of which the caller's principal needs one, or ANYONE_KNOWN.
    deadline: seconds, in force where the caller has set none.
    name, request: the method's and its request message's names on the wire, where the rule does not give them.
    answer: the field of the result that is the body of the REST answer; by default the whole result.
    metadata: declared metadata that callers may give with this method; REST clients as the header that it names.
    """
    return _declare("query", True, http, body, status, raises, requires, deadline, name, request, answer, metadata)


def command(
    *,
    idempotent: bool = False,
    http: str = "",
    body: str = "",
    status: int = 0,
    raises: Sequence[type[Failure]] = (),
    requires: str | Sequence[str] = (),
    deadline: float | None = None,
    name: str = "",
    request: str = "",
    answer: str = "",
    metadata: Sequence[Metadata[Any]] = (),
) -> Callable[[F], F]:
    """A method that changes something. `idempotent=True` says that it may be retried. The rest is as for `query`."""
    return _declare(
        "command", idempotent, http, body, status, raises, requires, deadline, name, request, answer, metadata
    )


def _declare(
    effect: Literal["query", "command"],
    idempotent: bool,
    http: str,
    body: str,
    status: int,
    raises: Sequence[type[Failure]],
    requires: str | Sequence[str],
    deadline: float | None,
    name: str,
    request: str,
    answer: str,
    metadata: Sequence[Metadata[Any]],
) -> Callable[[F], F]:
    roles = (requires,) if isinstance(requires, str) else tuple(requires)
    written = MethodDeclaration(
        effect, idempotent, http, body, status, tuple(raises), roles, deadline, name, request, answer, tuple(metadata)
    )

    def mark(function: F) -> F:
        function.__contract_method__ = written  # type: ignore[attr-defined]  # functions carry attributes
        return function

    return mark


class Contract:
    """Base of all contracts. A direct subclass declares one; a subclass of that answers some or all of its methods.

    `class Catalog(Contract, service="hipstershop.ProductCatalogService")`: the gRPC service; without it the service
    is `<module>.<class>`. `empty=` names the Message that stands for nothing on the wire: the result None, and the
    request of a method without parameters; by default google.protobuf.Empty and `<Method>Request`.
    `internal=True`: for the modules of this deployment alone; no edge offers it to the outside.
    """

    __service__: ClassVar[str] = ""
    __empty__: ClassVar[type[Message] | None] = None
    __internal__: ClassVar[bool] = False
    __contract__: ClassVar[type[Contract]]
    """The contract that this class declares or answers."""

    def __init_subclass__(
        cls, *, service: str = "", empty: type[Message] | None = None, internal: bool = False, **options: Any
    ) -> None:
        super().__init_subclass__(**options)
        if Contract in cls.__bases__:
            cls.__contract__ = cls
            cls.__service__ = service
            cls.__empty__ = empty
            cls.__internal__ = internal

    @classmethod
    def by(cls, *implementations: type[Any] | Threaded) -> Export:
        """Export this contract, answered by these classes: one whole implementation, or slices, each overriding the
        methods that it answers."""
        return Export(cls, implementations, caller_site(f"{cls.__name__}.by(…)"))


@dataclass(frozen=True, slots=True)
class Threaded:
    """An implementation whose plain `def` methods run on the module's pool of threads."""

    implementation: type[Any]


def in_threads(implementation: type[Any]) -> Threaded:
    """Blocking code is welcome: `Catalog.by(in_threads(LegacyCatalog))` runs plain `def` methods on a bounded pool,
    the ambient copied along. The class need not inherit the contract; names and parameters must match."""
    return Threaded(implementation)


@dataclass(frozen=True, slots=True)
class Export:
    """A contract and who answers it."""

    contract: type[Contract]
    implementations: tuple[type[Any] | Threaded, ...]
    site: Site


def caller_site(what: str, depth: int = 2) -> Site:
    """The place in the source that called our caller."""
    frame = sys._getframe(depth)
    return Site(frame.f_code.co_filename, frame.f_lineno, what)
