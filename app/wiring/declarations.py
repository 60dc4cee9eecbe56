"""Reads what modules declare into nodes and scopes: who offers what, where it is seen, what stands twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..module.contract import Export, Threaded
from ..module.declaration import Decorate, Invoke, Module, Provide, Supply
from ..telling.refusals import Refusal, Site
from ..telling.refusals.wiring import (
    BadDeclaration,
    BadResult,
    DecoratedTwice,
    ModuleTwice,
)
from .evidence import constructor_site, fault_refusals, label, sites_of
from .fitting import decorated_key, lacks, unofferable, unprovidable
from .keys import Key, NoKey, key_of, named, show
from .neighbours import Neighbours
from .nodes import Decoration, Kind, Node, Scope
from .signatures import read_signature
from .tables import Tables, answered_twice, namesakes

_OWNER = frozenset({"owner"})  # a Litestar controller's router is Litestar's to give


class Declarations:
    """Everything that the modules declare. `refusals` grows while it is read."""

    def __init__(self, modules: Sequence[Module], offered: Callable[[Key], bool], extra: Sequence[Any] = ()) -> None:
        self.refusals: list[Refusal] = []
        self.nodes: list[Node] = []
        self.root = Scope(None, None, 0)
        self.scopes: list[Scope] = [self.root]
        self.tables = Tables(offered)
        self.given_up: set[Any] = set()
        """What would be offered if its entry were right: that it is missing goes without saying."""
        self.decorations: list[Decoration] = []
        self.invokes: list[Node] = []
        self.exports: list[tuple[Scope, Export, list[Node]]] = []
        self.controllers: list[Node] = []
        seen: dict[int, Scope] = {}
        for module in modules:
            self._scope(module, self.root, seen)
        self.refusals += namesakes(self.root.children)
        self.neighbours = Neighbours(self.scopes, extra)
        for scope in self.scopes[1:]:
            self._declare(scope)
        for scope in self.scopes[1:]:
            if scope.parent is self.root:
                self._invokes(scope)
        self.refusals += self.tables.refusals(self.scopes)
        self.refusals += answered_twice(self.exports)

    # --- modules -----------------------------------------------------------------------------------------------------

    def _scope(self, module: Module, parent: Scope, seen: dict[int, Scope]) -> None:
        pending = [(module, parent)]
        while pending:
            module, parent = pending.pop()
            if not isinstance(module, Module):
                why, cure = "is no module", "declare it: Module(…)"
                self._bad(parent, "modules", label(module), why, cure, parent.site, module)
                continue
            if id(module) in seen:
                self.refusals.append(ModuleTwice(module=module.name, why="is included twice",
                    sites=(module.site, _including(seen[id(module)]), parent.site),
                    cure="include it once, where everyone who needs it is below"))  # fmt: skip
                continue
            scope = seen[id(module)] = Scope(module, parent, len(self.scopes))
            self.scopes.append(scope)
            parent.children.append(scope)
            pending += [(child, scope) for child in reversed(self._listed(scope, "modules"))]

    def _listed(self, scope: Scope, field: str) -> Sequence[Any]:
        entries = getattr(scope.module, field)
        if isinstance(entries, (list, tuple)):
            return entries
        self._bad(scope, field, label(entries), "is no list", f"write {field}=[…]", scope.site)
        return ()

    def _declare(self, scope: Scope) -> None:
        module = scope.module
        assert module is not None
        for entry in self._listed(scope, "provide"):
            self._provide(scope, entry)
        for entry in self._listed(scope, "supply"):
            self._supply(scope, entry)
        for entry in self._listed(scope, "decorate"):
            self._decorate(scope, entry)
        for entry in self._listed(scope, "exports"):
            self._export(scope, entry)
        for entry in self._listed(scope, "controllers"):
            self._controller(scope, entry)

    # --- entries -----------------------------------------------------------------------------------------------------

    def _provide(self, scope: Scope, entry: Any) -> None:
        given = entry if type(entry) is Provide else None
        constructor: Any = entry if given is None else given.constructor
        site = scope.site if given is None else given.site
        why, cure = unprovidable(constructor)
        if why:
            self._bad(scope, "provide", label(constructor), why, cure, site, constructor)
            self.given_up.add(constructor)
            return
        signature = read_signature(constructor, neighbours=self.neighbours)
        result = signature.result
        node = Node(Kind.CONSTRUCTOR, scope, label(constructor), constructor, result, site, signature)
        self.nodes.append(node)
        if result is not constructor and result is not None and (no := unofferable(result)):
            self._bad(scope, "provide", node.label, f"makes {show(result)}, {no[0]}", no[1], site, constructor)
            return
        told = given is not None and bool(given.provides or (given.group is not None and result is None))
        if signature.faults:
            self._faults(node, told)
        if given is not None and (given.provides or given.group is not None or given.name):
            self._offer(scope, node, given, result)
        elif result is not None:
            self.tables.put(scope, result, node, given is not None and given.private)

    def _supply(self, scope: Scope, entry: Any) -> None:
        if type(entry) is not Supply:
            entry = Supply(entry, site=scope.site)
        made = type(entry.value)
        if isinstance(entry.value, type) and not entry.provides and entry.group is None:
            self._bad(
                scope,
                "supply",
                label(entry.value),
                "is a class, no value",
                "provide it instead",
                entry.site,
                entry.value,
            )
            return
        if entry.value is None:
            self._bad(scope, "supply", "None", "is no value", "leave it out: a default makes it optional", entry.site)
            return
        if no := unofferable(made):
            self._bad(scope, "supply", label(entry.value), f"is of a type {no[0]}", no[1], entry.site)
            return
        node = Node(Kind.VALUE, scope, f"the supplied {made.__name__}", entry.value, made, entry.site)
        self.nodes.append(node)
        self._offer(scope, node, entry, made)

    def _offer(self, scope: Scope, node: Node, entry: Provide | Supply, result: Key | None) -> None:
        """Put a node under everything that its entry names."""
        try:
            keys = [key_of(annotation) for annotation in entry.provides]
            item = None if entry.group is None else key_of(entry.group)
        except NoKey as no:
            self._bad(scope, "provide", node.label, f"is offered as what {no.why}", no.cure, entry.site, node.payload)
            return
        for key in [*keys, *([] if item is None else [item])]:
            if result is not None and (lack := lacks(result, key)):
                self.refusals.append(BadResult(module=scope.name, constructor=node.label,
                    why=f"is offered as {show(key)}, and {show(result)} {lack}", sites=sites_of(node),
                    cure=f"let it be a {show(key)}, or offer it as what it is"))  # fmt: skip
                return
        if item is not None:
            self.tables.join(scope, item, entry.name, node, entry.private)
        elif not keys and result is not None:
            keys = [result]
        for key in keys:
            self.tables.put(scope, named(key, entry.name), node, entry.private)

    def _decorate(self, scope: Scope, entry: Any) -> None:
        if type(entry) is not Decorate:
            entry = Decorate(entry, site=scope.site)
        decorator = entry.decorator
        if not callable(decorator):
            self._bad(
                scope,
                "decorate",
                label(decorator),
                "cannot be called",
                "decorate with a function",
                entry.site,
                decorator,
            )
            return
        signature = read_signature(decorator, neighbours=self.neighbours)
        probe = Node(Kind.DECORATOR, scope, label(decorator), decorator, signature.result, entry.site, signature)
        self._faults(probe)
        if signature.result is None:
            return
        key = decorated_key(signature, entry.name)
        decoration = Decoration(key, scope, probe.label, decorator, signature, entry.site)
        other = scope.decorated.setdefault(key, decoration)
        if other is not decoration:
            self.refusals.append(DecoratedTwice(module=scope.name, wanted=show(key),
                decorators=(other.label, decoration.label),
                sites=tuple(dict.fromkeys((*sites_of(other), *sites_of(decoration))))))  # fmt: skip
        self.decorations.append(decoration)

    def _export(self, scope: Scope, entry: Any) -> None:
        if not isinstance(entry, Export):
            self._bad(
                scope, "exports", label(entry), "is no export", "write TheContract.by(Implementation)", scope.site
            )
            return
        nodes: list[Node] = []
        for implementation in entry.implementations:
            answers = implementation.implementation if isinstance(implementation, Threaded) else implementation
            why, cure = unprovidable(answers)
            if not isinstance(answers, type):
                why, cure = "is no class", "export a class: the graph constructs it"
            if why:
                self._bad(scope, "exports", label(answers), why, cure, entry.site, answers)
                continue
            node = scope.private.get(answers) or self.tables.public.get(answers)
            if node is None or node.scope is not scope:
                signature = read_signature(answers, neighbours=self.neighbours)
                node = Node(Kind.CONSTRUCTOR, scope, label(answers), answers, answers, entry.site, signature)
                self.nodes.append(node)
                self._faults(node)
                scope.private[answers] = node
            nodes.append(node)
        self.exports.append((scope, entry, nodes))

    def _controller(self, scope: Scope, entry: Any) -> None:
        if not isinstance(entry, type):
            self._bad(
                scope, "controllers", label(entry), "is no class", "list Litestar Controller classes", scope.site, entry
            )
            return
        theirs = getattr(entry.__init__, "__module__", "").startswith("litestar")
        signature = None if theirs else read_signature(entry, neighbours=self.neighbours, skip=_OWNER)
        node = Node(Kind.CONTROLLER, scope, label(entry), entry, None, scope.site, signature)
        self.nodes.append(node)
        self._faults(node)
        self.controllers.append(node)

    def _invokes(self, top: Scope) -> None:
        """Children's before their parent's, in declared order."""
        pending = [(top, False)]
        while pending:
            scope, below = pending.pop()
            if not below:
                pending.append((scope, True))
                pending += [(child, False) for child in reversed(scope.children)]
                continue
            for entry in self._listed(scope, "invoke"):
                self._invoke(scope, entry)

    def _invoke(self, scope: Scope, entry: Any) -> None:
        if type(entry) is not Invoke:
            entry = Invoke(entry, scope.site)
        function = entry.function
        if not callable(function):
            self._bad(scope, "invoke", label(function), "cannot be called", "invoke a function", entry.site, function)
            return
        signature = read_signature(function, neighbours=self.neighbours, result=False)
        node = Node(Kind.INVOKE, scope, label(function), function, None, entry.site, signature)
        self.nodes.append(node)
        self._faults(node)
        self.invokes.append(node)

    # --- refusals ----------------------------------------------------------------------------------------------------

    def _bad(self, scope: Scope, field: str, entry: str, why: str, cure: str, site: Site, own: Any = None) -> None:
        """Refuse an entry. `own`: what is written elsewhere than the entry."""
        sites = (site, *(each for each in (constructor_site(own),) if each.file))
        self.refusals.append(
            BadDeclaration(module=scope.name, field=field, entry=entry, why=why, cure=cure, sites=sites)
        )

    def _faults(self, node: Node, told: bool = False) -> None:
        """Refuse what cannot be read of a node. `told`: what it makes is said elsewhere."""
        if node.signature is None or not node.signature.faults:
            return
        self.refusals += fault_refusals(node, told)


def _including(scope: Scope) -> Site:
    assert scope.parent is not None
    return scope.parent.site
