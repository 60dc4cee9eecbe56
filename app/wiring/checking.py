"""Checks a graph whole: every node is wired, needed or not, and all that is wrong is found at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..module.settings import Settings
from ..telling.refusals import Refusal
from ..telling.refusals.wiring import (
    AmbiguousProvider,
    BadReplacement,
    DecoratesNothing,
    DependencyCycle,
    MissingProvider,
    UndeclaredSettings,
)
from .declarations import Declarations
from .evidence import Paths, candidates, fault_refusals, label, near, shorten, sites_of, spoken
from .fitting import unfit, unfit_class, unprovidable
from .keys import Key, NamedKey, group_item, is_contract, show
from .nodes import Decoration, Kind, Node, Replacement, Scope
from .order import arrange
from .shapes import Need
from .sight import HostOffers, Sight
from .signatures import read_signature


class Check:
    """Wires every node and collects refusals."""

    def __init__(self, declared: Declarations, host: HostOffers, replace: Mapping[Key, Replacement]) -> None:
        self.declared = declared
        self.refusals: list[Refusal] = []
        self.sight = Sight(declared, host)
        self._replaced: dict[Key, Node] = self.sight.replacements
        self._missing: list[tuple[Node, Need]] = []
        self._idle: set[Decoration] = set()
        self._seen: dict[tuple[Scope, Key], tuple[list[Key], tuple[str, ...]]] = {}
        for key, replacement in replace.items():
            self._replace(key, replacement)

    def order(self) -> list[Node]:
        """Every node after what it needs. `refusals` is complete afterwards."""
        for decoration in self.declared.decorations:
            self._decorate(decoration)
        sight = self.sight
        nodes: list[Node] = []
        pending = self.declared.nodes
        while pending:
            for node in pending:
                node.index = len(nodes)
                nodes.append(node)
                self._missing += [(node, need) for need in sight.wire(node)]
            pending = sight.take()
        order, cycles = arrange(nodes)
        if self._missing or cycles:
            roots = [*self.declared.invokes, *(node for _, _, found in self.declared.exports for node in found)]
            paths = Paths(nodes, [*roots, *self.declared.controllers])
            self.refusals += [self._refuse(node, need, paths) for node, need in self._missing if self._tell(node, need)]
            self._refuse_cycles(cycles)
        self._refuse_idle_replacements(nodes)
        return order

    # --- replacements and decorations --------------------------------------------------------------------------------

    def _replace(self, key: Key, replacement: Replacement) -> None:
        tables = self.declared.tables
        seen = [tables.public, *(scope.private for scope in self.declared.scopes)]
        originals = [(table, table[key]) for table in seen if key in table]
        scope = originals[0][1].scope if originals else self.declared.root
        node = self._replacement(key, replacement, scope)
        self._replaced[key] = node
        elsewhere = {other for table in seen for at, other in table.items() if at != key}
        for groups in (tables.groups, *(scope.groups for scope in self.declared.scopes)):
            elsewhere |= {member for members in groups.values() for _, _, member in members}
        for table, original in originals:
            if original in elsewhere:  # what it is offered as besides stays its own
                table[key] = node
            else:
                original.replaced = node
                original.needs = [(None, node)]

    def _replacement(self, key: Key, replacement: Replacement, scope: Scope) -> Node:
        cure = f"let it be a {show(key)}"
        if replacement.by is None:
            node = Node(Kind.VALUE, scope, f"the replacement of {show(key)}", replacement.value, key, scope.site)
            why = unfit(replacement.value, key)
            cure = f"write class Fake({show(key)}): …" if is_contract(key) else cure
        else:
            why, other = unprovidable(replacement.by)
            cure = other or cure
            signature = None if why else read_signature(replacement.by, neighbours=self.declared.neighbours)
            node = Node(Kind.CONSTRUCTOR, scope, label(replacement.by), replacement.by, key, scope.site, signature)
            if signature is not None:
                self.refusals += fault_refusals(node, told=True)
                why = why or unfit_class(signature.result, key)
        if why:
            self.refusals.append(BadReplacement(wanted=show(key), why=why, cure=cure, sites=sites_of(node)))
        self.declared.nodes.append(node)
        return node

    def _refuse_idle_replacements(self, nodes: list[Node]) -> None:
        used = {node.replaced for node in nodes} | {needed for node in nodes for _, needed in node.needs}
        offered = {*self.declared.tables.public.values()}
        for scope in self.declared.scopes:
            offered |= {*scope.private.values()}
        for key, node in self._replaced.items():
            if node not in used and node not in offered and not self.sight.host.has(key) and not group_item(key):
                self.refusals.append(BadReplacement(wanted=show(key), why="replaces nothing: nobody offers or asks for it",
                    near=near(key, _known(self.sight, None))))  # fmt: skip

    def _decorate(self, decoration: Decoration) -> None:
        scope = decoration.scope
        if scope.decorated[decoration.key] is not decoration:
            return  # refused as the second of its kind
        found = self.sight.below(decoration, scope)
        group = group_item(decoration.key)
        if found is None or (group is not None and not found.needs and found.replaced is None):
            why, _ = (_elsewhere(self.sight, scope, decoration.key) if found is None else None) or ("", "")
            self.refusals.append(DecoratesNothing(module=scope.name, decorator=decoration.label,
                wanted=show(decoration.key), sites=sites_of(decoration), why=why,
                near=near(decoration.key, _known(self.sight, scope))))  # fmt: skip
            self._idle.add(decoration)
            return
        self.sight.decorated(decoration, scope)

    # --- what is wrong -----------------------------------------------------------------------------------------------

    def _tell(self, node: Node, need: Need) -> bool:
        """Whether it has not been refused already that something is missing."""
        decoration = self.sight.decorations.get(node)
        idle = decoration is not None and decoration in self._idle and need.key == decoration.key
        return not idle and need.key not in self.declared.given_up

    def _alike(self, scope: Scope, key: Key) -> tuple[list[Key], tuple[str, ...]]:
        """What a scope sees that would fit, and what may have been meant; looked for once for all who miss it."""
        found = self._seen.get((scope, key))
        if found is None:
            known = _known(self.sight, scope)
            fitting = candidates(key, known)
            found = self._seen[scope, key] = fitting, near(key, known)
        return found

    def _refuse(self, node: Node, need: Need, paths: Paths) -> Refusal:
        wanted = show(need.key)
        fitting, alike = self._alike(node.scope, need.key)
        path = paths.to(node, wanted)
        if isinstance(need.key, type) and issubclass(need.key, Settings):
            declared = _settings_of(node.scope)
            return UndeclaredSettings(module=node.module, consumer=node.label, parameter=need.name, wanted=wanted,
                declared=declared.__name__ if declared else "", sites=sites_of(node), path=path)  # fmt: skip
        if len(fitting) > 1:
            return AmbiguousProvider(module=node.module, consumer=node.label, parameter=need.name, wanted=wanted,
                candidates=tuple(show(key) for key in fitting), sites=sites_of(node), path=path,
                cure="ask for the one that is meant, or offer it with provides=")  # fmt: skip
        why, cure = _why(self.sight, node, need.key, fitting)
        return MissingProvider(module=node.module, consumer=node.label, parameter=need.name, wanted=wanted, why=why,
            cure=cure, sites=sites_of(node), path=path, near=alike)  # fmt: skip

    def _refuse_cycles(self, cycles: list[tuple[Node, ...]]) -> None:
        told: list[set[Node]] = []
        for cycle in cycles:
            members = set(cycle)
            if any(members <= other for other in told):
                continue
            told.append(members)
            sites = tuple(dict.fromkeys(site for node in cycle[:20] for site in sites_of(node)))
            self.refusals.append(DependencyCycle(module=cycle[0].module, members=shorten([node.label for node in cycle]),
                sites=sites, path=(*shorten([spoken(node) for node in cycle]), spoken(cycle[0]))))  # fmt: skip


def unseen(sight: Sight, scope: Scope | None, module: str, key: Key) -> MissingProvider:
    """Why `Graph.see` finds nothing."""
    if scope is None:
        names = ", ".join(sorted({other.name for other in sight.declared.scopes[1:]})) or "none"
        why, cure = f"and there is no module {module!r}", f"name one of: {names}"
        return MissingProvider(module=module, consumer="", parameter="", wanted=show(key), why=why, cure=cure)
    why, cure = _elsewhere(sight, scope, key) or (f"and {f'module {module}' if module else 'the root'} sees none", "")
    return MissingProvider(module=module, consumer="", parameter="", wanted=show(key), why=why, cure=cure,
        near=near(key, _known(sight, scope)))  # fmt: skip


def _why(sight: Sight, node: Node, key: Key, fitting: list[Key]) -> tuple[str, str]:
    if is_contract(key):
        return "a contract that no module exports and no address answers", (
            f"export it from a module that runs: exports=[{show(key)}.by(…)], or place it elsewhere")  # fmt: skip
    if found := _elsewhere(sight, node.scope, key):
        return found
    if fitting:
        other: Any = fitting[0]
        if isinstance(other, NamedKey) or isinstance(key, NamedKey):
            return f"and only {show(other)} is offered", "ask for what is offered"
        return "which nobody offers", f"provide({show(other)}, provides={show(key)})"
    return "which nobody offers", f"provide {show(key)} in module {node.module or '…'}, or give the parameter a default"


def _elsewhere(sight: Sight, scope: Scope, key: Key) -> tuple[str, str] | None:
    for other in sight.declared.scopes:
        if other is not scope and key in other.private:
            return f"which is private to module {other.name}", "provide it without private=True, or in a common parent"
    for offered, node in sight.declared.tables.public.items():
        if node.signature is not None and node.signature.result == key:
            return f"which {node.label} makes and offers as {show(offered)} only", f"ask for {show(offered)}"
    groups = sight.declared.tables.groups
    if key in groups or any(key in other.groups for other in sight.declared.scopes):
        return f"and only Group[{show(key)}] is offered", f"ask for Group[{show(key)}], or provide one without group="
    return None


def _settings_of(scope: Scope | None) -> type[Settings] | None:
    while scope is not None:
        if scope.settings is not None:
            return scope.settings
        scope = scope.parent
    return None


def _known(sight: Sight, scope: Scope | None) -> list[Key]:
    """What a scope (or, without one, anybody) sees by key."""
    known: dict[Key, None] = {}
    if scope is None:
        for other in sight.declared.scopes:
            known |= dict.fromkeys(other.private)
    while scope is not None:
        known |= dict.fromkeys(scope.private)
        scope = scope.parent
    known |= dict.fromkeys(sight.declared.tables.public)
    return [*known, *sight.host.keys()]
