"""The container: dependency-injector's providers, one for each node, called in graph order. Its only importer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any

from dependency_injector import providers
from dependency_injector.containers import DynamicContainer

from ..module.contract import Export
from ..module.declaration import Group, GroupByName
from ..telling.drawing import draw_path
from ..telling.steps import BuildFailed, Built, Teller
from .background import Background
from .evidence import Paths
from .graph import Graph
from .lifecycle import Hooks, Lifecycle, StateError
from .nodes import Kind, Node, Scope
from .opening import Cell, Tails, checked, note
from .order import closure
from .shapes import How
from .shutdown import Shutdown
from .stuck import Watchdog

_CALLED = (Kind.CONSTRUCTOR, Kind.DECORATOR, Kind.INVOKE, Kind.CONTROLLER)


class _Once(providers.Callable[Any]):
    """What `providers.Singleton` does for us. That one is three providers, the inner two of which ask of each value
    whether it is to be awaited (nothing here is: cells are filled by then): more than half of a start."""

    made: Any = None

    def _provide(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self.made is None:
            self.made = super()._provide(args, kwargs)  # type: ignore[misc]  # the stubs leave it out
        return self.made

    def forget(self) -> None:
        """Let go of the value and of what it was made with."""
        self.made = None
        self.clear_args()
        self.clear_kwargs()


@dataclass(frozen=True, slots=True)
class BuiltExport:
    """An export and its instances, in the order of `export.implementations` (which tell what runs in threads)."""

    module: str
    export: Export
    implementations: tuple[Any, ...]


class Container:
    """The values of one process. Build it in one thread; asking for what is built is free for all."""

    def __init__(self, graph: Graph, tell: Teller, *, stuck_after: float = 5.0) -> None:
        self.graph = graph
        self._stuck_after = stuck_after
        self._making: Node | None = None
        self._began = 0.0
        self.hooks = Hooks()
        self.shutdown = Shutdown(tell, graph.offers.shutdown)
        self.modules = {scope: DynamicContainer() for scope in graph.scopes}
        """dependency-injector's container of each module; the host's is the first."""
        self._tell = tell
        self._providers: dict[Node, providers.Provider[Any]] = {}
        self._cells: dict[Node, Cell] = {}
        self._built: set[Node] = set()
        self._tails = Tails()
        self._thread = threading.get_ident()
        self._closed = False
        self.built = False
        """Whether `build` has succeeded."""
        self._add(graph.order)

    async def build(self, timeout: float = 15.0) -> None:
        """Build what exports, controllers and invokes need, in graph order, then call the invokes.

        A constructor's error leaves as it is, with a note that names it, after everything opened has been closed; what
        the closing raises besides comes with it in one ExceptionGroup. A build longer than `timeout` seconds fails
        with TimeoutError; one that goes on tells who waits for whom. Raises StateError when called twice.
        """
        if self.built or self._closed:
            raise StateError("the container has been built" if self.built else "the container is closed")
        self._thread = threading.get_ident()
        self.shutdown.bind()
        limit = asyncio.timeout(timeout)
        try:
            with Watchdog(self._tell, self._stuck_after, self._tree):
                async with limit:
                    await self._build(node for node in self.graph.needed() if node not in self._built)
        except BaseException as error:
            if limit.expired() and isinstance(error, TimeoutError):
                error = TimeoutError(f"the build did not end within {timeout:g} s: {self._tree()}")
            errors = await self._let_go(timeout)
            if errors and isinstance(error, Exception):
                raise ExceptionGroup("the build failed, and so did its clean-up", [error, *errors]) from None
            raise error
        self.built = True

    def get(self, key: Any, module: str = "") -> Any:
        """A value as a module (or, without one, the root) sees it; what nobody needed so far is built now.

        Raises Refused where nothing is seen, StateError where it takes an async constructor: see `make`."""
        node, missing = self._see(key, module)
        for step in missing:
            if step in self._cells:
                raise StateError(
                    f"{step.label} is made asynchronously and nothing has needed it: invoke what does, or await make(…)"
                )
        for step in missing:
            self._call(step)
        return self._providers[node]()

    async def make(self, key: Any, module: str = "") -> Any:
        """As `get`, and builds what is made asynchronously too."""
        node, missing = self._see(key, module)
        await self._build(missing)
        return self._providers[node]()

    def exports(self) -> Sequence[BuiltExport]:
        """The answers of each exported contract."""
        return [
            BuiltExport(scope.name, export, tuple(self._providers[node]() for node in nodes))
            for scope, export, nodes in self.graph.exports
        ]

    def controllers(self) -> Sequence[tuple[str, type[Any], dict[str, Any]]]:
        """Module name, class and constructor arguments of each controller."""
        return [(node.module, node.payload, self._providers[node]()) for node in self.graph.controllers]

    async def close(self, timeout: float = 15.0) -> None:
        """Run the generators' tails in reverse, within `timeout` seconds, and let go of everything. Errors come back in
        one ExceptionGroup."""
        errors = await self._let_go(timeout)
        if errors:
            raise ExceptionGroup("clean-up failed", errors)

    async def _let_go(self, timeout: float) -> list[Exception]:
        self._closed = True
        try:
            return await self._tails.close(timeout)
        finally:
            self._forget()

    def _forget(self) -> None:
        for provider in reversed(self._providers.values()):
            if isinstance(provider, _Once):
                provider.forget()  # one by one: a long chain is not taken down from its root

    # --- building ----------------------------------------------------------------------------------------------------

    def _see(self, key: Any, module: str) -> tuple[Node, list[Node]]:
        if self._closed:
            raise StateError("the container is closed")
        node = self.graph.see(key, module)
        if len(self._providers) < len(self.graph.order):
            self._add(self.graph.order[len(self._providers) :])
        missing = [] if node in self._built else closure([node], self._built.__contains__)
        if missing and threading.get_ident() != self._thread:
            raise StateError(f"{node.label} is not built, and building belongs to the thread of the host")
        return node, missing

    async def _build(self, nodes: Iterable[Node]) -> None:
        cells = self._cells
        for node in nodes:
            if node not in cells:
                self._call(node)
                continue
            self._making, self._began = node, monotonic()
            made = self._providers
            try:
                args = [made[needed]() for _, needed in node.needs[: node.ordered]]
                kwargs = {str(name): made[needed]() for name, needed in node.needs[node.ordered :]}
                cells[node].value = checked(node, await self._tails.call(node, args, kwargs))
                made[node]()
            except BaseException as error:
                self._failed(node, error)
                raise
            self._done(node)

    def _call(self, node: Node) -> None:
        """Build one node whose needs are built."""
        self._making, self._began = node, monotonic()
        try:
            if node.kind is Kind.CONTRACT:
                self._fill(node)
            value = self._providers[node]()
            signature = node.signature
            if signature is not None and type(value) is not signature.result and node.replaced is None:
                checked(node, value)
        except BaseException as error:
            self._failed(node, error)
            raise
        self._done(node)

    def _tree(self) -> str:
        """The constructor that is being called, below those who wait for it."""
        making = self._making
        if making is None:
            return ""
        path = Paths(self.graph.order, self.graph.roots()).to(making)
        return "\n".join(
            [*draw_path(path), f"   {'  ' * len(path)}is being made for {monotonic() - self._began:.1f} s"]
        )

    def _fill(self, node: Node) -> None:
        """Put the caller that placement made into a contract's slot."""
        slot: Any = self._providers[node]
        if node.replaced is None and not slot.is_defined:
            caller = self.graph.offers.contracts.get(node.payload)
            if caller is None:
                raise StateError(f"nothing fills the slot of the contract {node.label}")
            slot.provided_by(providers.Object(caller))

    def _done(self, node: Node) -> None:
        self._built.add(node)
        if node.signature is not None and node.replaced is None:
            seconds = monotonic() - self._began
            self._tell(Built(module=node.scope.name, what=node.label, seconds=seconds))

    def _failed(self, node: Node, error: BaseException) -> None:
        note(error, "while building", node)
        self._tell(BuildFailed(module=node.module, what=node.label, error=error))

    # --- providers ---------------------------------------------------------------------------------------------------

    def _add(self, nodes: Iterable[Node]) -> None:
        made = self._providers
        for node in nodes:
            provider = self._provider(node)
            provider.disable_async_mode()  # awaitable values are values like any other
            made[node] = provider
            # what setting an attribute does, without its checks: a tenth of a start
            self.modules[node.scope].providers[f"{node.label}_{node.index}"] = provider
            if node.replaced is not None:
                provider.override(made[node.replaced])

    def _provider(self, node: Node) -> providers.Provider[Any]:
        kind = node.kind
        if kind in _CALLED:
            if node.replaced is not None:
                return _Once(node.payload)
            return self._constructor(node)
        if kind is Kind.CONTRACT:
            return providers.Dependency(instance_of=node.payload)
        if kind is Kind.VALUE:
            return providers.Object(node.payload)
        if kind is Kind.MADE:
            return _Once(self._maker(node))
        if kind is Kind.GROUP:
            members = [self._providers[needed] for _, needed in node.needs]
            return _Once(Group, providers.List(*members))
        if kind is Kind.BY_NAME:
            by_name = {name: self._providers[needed] for name, needed in node.needs}
            return _Once(GroupByName, providers.Dict(by_name))
        if kind is Kind.LIFECYCLE:
            return providers.Object(Lifecycle(self.hooks, node.payload))
        if kind is Kind.BACKGROUND:
            return providers.Object(Background(self.hooks, node.payload, self._tell, self.shutdown))
        return providers.Object(self.shutdown)

    def _constructor(self, node: Node) -> providers.Provider[Any]:
        made = self._providers
        call = dict if node.kind is Kind.CONTROLLER else node.payload
        if node.kind is Kind.INVOKE or (node.signature is not None and node.signature.how is not How.PLAIN):
            cell = self._cells[node] = Cell()
            call = cell.take
        needs, ordered = node.needs, node.ordered
        if ordered == len(needs):
            return _Once(call, *[made[needed] for _, needed in needs])
        args = [made[needed] for _, needed in needs[:ordered]]
        kwargs = {str(name): made[needed] for name, needed in needs[ordered:]}
        if "provides" in kwargs or "self" in kwargs:  # names that the provider's own parameters have taken
            return _Once(partial(_renamed, call), providers.List(*args), providers.Dict(kwargs))
        return _Once(call, *args, **kwargs)

    def _maker(self, node: Node) -> Any:
        """What makes a value for its consumer's module."""
        if node.payload is not None:
            return partial(node.payload, node.scope.name)
        scope: Scope = node.scope
        section = self.graph.offers.settings
        assert scope.settings is not None
        return partial(section, scope.name, scope.settings) if section is not None else scope.settings


def _renamed(call: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return call(*args, **kwargs)
