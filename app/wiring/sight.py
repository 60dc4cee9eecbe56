"""What a module sees for a key: its own decorations and private offers, its parents', the public ones, the host's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..module.declaration import Group
from ..module.settings import Settings
from ..telling.refusals import Site
from .background import Background
from .declarations import Declarations
from .keys import Key, group_item, is_contract, keyed, show
from .lifecycle import Lifecycle
from .nodes import Decoration, Kind, Node, Offers, Scope
from .shapes import Need
from .shutdown import Shutdown

_HOST = Site("", 0)
_OWN: Mapping[Any, Kind] = {Lifecycle: Kind.LIFECYCLE, Background: Kind.BACKGROUND}


class HostOffers:
    """The host's offers under normalised keys."""

    def __init__(self, offers: Offers) -> None:
        self.values = keyed(offers.values)
        self.per_module = keyed(offers.per_module)
        self.contracts = offers.contracts
        self.known = offers.known

    def has(self, key: Key) -> bool:
        """Whether a public offer of the key would stand beside the host's."""
        return key in self.values or key in self.per_module or key in _OWN or key is Shutdown or self.contract(key)

    def contract(self, key: Key) -> bool:
        """Whether the key is a contract that somebody answers."""
        return is_contract(key) and (key in self.contracts or self.known(key))

    def keys(self) -> list[Key]:
        return [*self.values, *self.per_module, *self.contracts, *_OWN, Shutdown]


class Sight:
    """Finds nodes for keys and makes those that exist only where they are asked for. `made` collects these."""

    def __init__(self, declared: Declarations, host: HostOffers) -> None:
        self.declared, self.host = declared, host
        self.replacements: dict[Key, Node] = {}
        self.made: list[Node] = []
        self._public = declared.tables.public
        self.decorations: dict[Node, Decoration] = {}
        """Decorator nodes and what they come from."""
        self._bare: dict[Scope, bool] = {}
        self._memo: dict[tuple[Key, str | Scope], Node] = {}

    def find(self, scope: Scope, key: Key, consumer: Node | None = None) -> Node | None:
        """What a module sees for a key; None where it sees nothing."""
        return self._find(scope, scope, key, consumer, None)

    def wire(self, node: Node) -> list[Need]:
        """Find everything that a node needs; what is missing and has no default is returned."""
        missing: list[Need] = []
        if node.signature is None or node.replaced is not None:
            return missing
        decoration = self.decorations.get(node) if node.kind is Kind.DECORATOR else None
        scope = node.scope if decoration is None else decoration.scope
        bare = self._bare.get(scope)
        if bare is None:
            bare = self._bare[scope] = scope.bare()
        needs, public = node.needs, self._public
        in_order = node.kind is not Kind.CONTROLLER
        for need in node.signature.needs:
            if decoration is not None and need.key == decoration.key:
                found = self.below(decoration, node.scope)
            else:
                found = public.get(need.key) if bare else None
                if found is None:
                    found = self._find(scope, scope, need.key, node, None)
            if found is None:
                if need.required:
                    missing.append(need)
                if need.default is None:
                    continue
                found = self._node(Kind.VALUE, scope, "a default", need.default.value, None, _HOST)
            if in_order and need.position == node.ordered == len(needs):
                node.ordered += 1
            needs.append((need.name, found))
        return missing

    def take(self) -> list[Node]:
        """The nodes that were made since this was last asked."""
        made, self.made = self.made, []
        return made

    def below(self, decoration: Decoration, scope: Scope) -> Node | None:
        """What a decorator wraps, on behalf of a scope: whatever lies below it."""
        return self._find(decoration.scope, scope, decoration.key, None, decoration)

    def _find(
        self, at: Scope | None, scope: Scope, key: Key, consumer: Node | None, skip: Decoration | None
    ) -> Node | None:
        while at is not None:
            if at.decorated and (decoration := at.decorated.get(key)) is not None and decoration is not skip:
                return self.decorated(decoration, scope)
            if at.private and (node := at.private.get(key)) is not None:
                return node
            if at.settings is not None and (key is at.settings or key is Settings):
                return self._settings(at)
            at = at.parent
        node = self._public.get(key)
        return node if node is not None else self._host(scope, key, consumer)

    def decorated(self, decoration: Decoration, scope: Scope) -> Node:
        """The decorator's node for a scope; every scope's is the same unless the value is made for its consumer."""
        if decoration.key not in self.host.per_module:
            scope = self._sharing(decoration, scope)
        node = decoration.nodes.get(scope)
        if node is None:
            made, site = decoration.constructor, decoration.site
            node = self._node(Kind.DECORATOR, scope, decoration.label, made, decoration.key, site)
            node.signature = decoration.signature
            decoration.nodes[scope] = node
            self.decorations[node] = decoration
        return node

    def _sharing(self, decoration: Decoration, scope: Scope) -> Scope:
        """The scope that shares a decorated value: the decorator's, or for a group the nearest with members of its own,
        since there it is another group."""
        group = group_item(decoration.key)
        at: Scope | None = scope if group is not None else None
        while at is not None and group is not None and at is not decoration.scope and group[1] not in at.groups:
            at = at.parent
        return at or decoration.scope

    def _settings(self, scope: Scope) -> Node:
        assert scope.settings is not None
        return self._once(Kind.MADE, scope, scope.settings, scope)

    def _host(self, scope: Scope, key: Key, consumer: Node | None) -> Node | None:
        root = self.declared.root
        if key in _OWN and key not in self.replacements:
            return (
                None if consumer is None else self._node(_OWN[key], consumer.scope, key.__name__, consumer, key, _HOST)
            )
        if key in _OWN:
            return self._once(Kind.VALUE, root, key, root)
        if key in self.host.values:
            return self._once(Kind.VALUE, root, key, root, self.host.values[key])
        if key in self.host.per_module:
            return self._once(Kind.MADE, scope, key, scope.name, self.host.per_module[key])
        if key is Shutdown:
            return self._once(Kind.SHUTDOWN, root, key, root)
        if is_contract(key):
            if self.host.contract(key) or key in self.replacements:
                return self._once(Kind.CONTRACT, root, key, root, key)
            return None
        if (group := group_item(key)) is not None:
            return self._group(scope, key, *group)
        return self._once(Kind.VALUE, root, key, root) if key in self.replacements else None

    def _group(self, scope: Scope, key: Key, form: type[Any], item: Key) -> Node:
        at: Scope | None = scope
        while at is not None and item not in at.groups:
            at = at.parent
        owner = at or self.declared.root
        known = self._memo.get((key, owner))
        if known is not None:
            return known
        node = self._once(Kind.GROUP if form is Group else Kind.BY_NAME, owner, key, owner)
        if node.replaced is None:
            members = self.declared.tables.members(owner, item)
            if form is Group:
                node.needs = [(None, member) for _, member in members]
            else:
                node.needs = [(name, member) for name, member in members if name]
        return node

    def _once(self, kind: Kind, scope: Scope, key: Key, owner: str | Scope, payload: Any = None) -> Node:
        node = self._memo.get((key, owner))
        if node is None:
            node = self._memo[key, owner] = self._node(kind, scope, show(key), payload, key, _HOST)
            if (replacement := self.replacements.get(key)) is not None:
                node.replaced = replacement
                node.needs = [(None, replacement)]
        return node

    def _node(self, kind: Kind, scope: Scope, label: str, payload: Any, key: Key, site: Site) -> Node:
        node = Node(kind, scope, label, payload, key, site)
        self.made.append(node)
        return node
