"""Nodes: each value of a process, who makes it and what that needs. Scopes: who sees what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ..module.contract import Contract
from ..module.declaration import Module
from ..module.settings import Settings
from ..telling.refusals import Site
from .keys import Key
from .shapes import Signature


class Kind(Enum):
    """What stands behind a node."""

    CONSTRUCTOR = "constructor"
    DECORATOR = "decorator"
    INVOKE = "invoke"
    CONTROLLER = "controller"
    VALUE = "value"
    MADE = "made"
    """By the host, for its consumer's module: settings, a logger, a database."""
    CONTRACT = "contract"
    """A slot that placement fills."""
    GROUP = "group"
    BY_NAME = "group by name"
    LIFECYCLE = "lifecycle"
    BACKGROUND = "background"
    SHUTDOWN = "shutdown"


class Node:
    """One value. `needs` pairs names of parameters (or of group members) with the nodes that fill them; the first
    `ordered` of them can be handed over by position, which is cheaper."""

    __slots__ = (
        "index",
        "key",
        "kind",
        "label",
        "needs",
        "ordered",
        "payload",
        "replaced",
        "scope",
        "signature",
        "site",
    )

    def __init__(
        self,
        kind: Kind,
        scope: Scope,
        label: str,
        payload: Any,
        key: Key,
        site: Site,
        signature: Signature | None = None,
    ) -> None:
        self.kind, self.scope, self.label, self.payload, self.key, self.site = kind, scope, label, payload, key, site
        self.signature = signature
        self.needs: list[tuple[str | None, Node]] = []
        self.ordered = 0
        self.index = -1
        self.replaced: Node | None = None
        """What stands for it in a test; it is not built itself then."""

    @property
    def module(self) -> str:
        """The name of the module whose it is; empty for the host."""
        return self.scope.name

    def __repr__(self) -> str:
        return f"<{self.kind.value} {self.label} of {self.module or 'the host'}>"


class Scope:
    """One module's view: its private offers and decorations before its parent's, the public ones last."""

    __slots__ = ("children", "decorated", "groups", "index", "module", "name", "parent", "private", "settings")

    def __init__(self, module: Module | None, parent: Scope | None, index: int) -> None:
        self.module, self.parent, self.index = module, parent, index
        self.name = module.name if module else ""
        self.children: list[Scope] = []
        self.private: dict[Key, Node] = {}
        self.groups: dict[Key, list[tuple[int, str, Node]]] = {}
        """Private members by item: position, name, node."""
        self.decorated: dict[Key, Decoration] = {}
        self.settings: type[Settings] | None = module.settings if module else None

    def bare(self) -> bool:
        """Whether it and its parents see nothing but what is public."""
        at: Scope | None = self
        while at is not None:
            if at.private or at.decorated or at.settings is not None:
                return False
            at = at.parent
        return True

    @property
    def site(self) -> Site:
        return self.module.site if self.module else Site("", 0, "the host")


@dataclass(slots=True, eq=False)
class Decoration:
    """A decorator of one key in one module, and its node for each module that it has been applied for."""

    key: Key
    scope: Scope
    label: str
    constructor: Callable[..., Any]
    signature: Signature
    site: Site
    nodes: dict[Scope, Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Replacement:
    """What stands for a key in a test: a value, or what `by` makes (it may ask for whatever the graph offers)."""

    value: Any = None
    by: Callable[..., Any] | None = None


@dataclass(frozen=True)
class Offers:
    """What the host offers below all modules."""

    values: Mapping[Any, Any] = field(default_factory=dict)
    """Type or `Annotated[T, Named("x")]` -> value."""
    per_module: Mapping[Any, Callable[[str], Any]] = field(default_factory=dict)
    """Key -> maker of the value for a consumer's module, by its name."""
    settings: Callable[[str, type[Settings]], Any] | None = None
    """The section of a module for the Settings class that it declares; without it the class's defaults."""
    contracts: Mapping[type[Contract], Any] = field(default_factory=dict)
    """Contract -> the caller that fills its slot. Read when the container builds: until then it may be filled."""
    local: frozenset[type[Contract]] = frozenset()
    """Contracts answered by modules of this graph: their answerers start first where that makes no cycle."""
    known: Callable[[type[Contract]], bool] = lambda contract: False
    """Whether somebody answers a contract that has no caller yet."""
    shutdown: Callable[[int, BaseException | None], None] | None = None
    """What a request to shut down is passed on to, in the host's own thread."""
