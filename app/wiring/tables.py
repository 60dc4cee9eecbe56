"""Who offers what to whom: the public offers, the private ones in their scopes, and what stands twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..module.contract import Contract, Export
from ..telling.refusals import Refusal
from ..telling.refusals.wiring import AnsweredTwice, DuplicateProvider, ModuleTwice
from .evidence import sites_of
from .keys import Key, show
from .nodes import Node, Scope


class Tables:
    """Offers by key. `offered` tells whether the host itself offers a key."""

    def __init__(self, offered: Callable[[Key], bool]) -> None:
        self.public: dict[Key, Node] = {}
        self.groups: dict[Key, list[tuple[int, str, Node]]] = {}
        """Public members by item: position, name, node."""
        self._offered = offered
        self._twice: dict[tuple[Key, int], list[Node]] = {}
        self._position = 0

    def put(self, scope: Scope, key: Key, node: Node, private: bool) -> None:
        """Offer a node under a key. Nearest wins, so only what meets in one place is a duplicate."""
        node.key = key
        table = scope.private if private else self.public
        other = table.setdefault(key, node)
        if other is not node:
            self._twice.setdefault((key, scope.index if private else 0), [other]).append(node)
        elif private:
            other = self.public.get(key)
            if other is not None and other.scope is scope:
                self._twice.setdefault((key, 0), [other]).append(node)
        elif scope.private and key in scope.private:
            self._twice.setdefault((key, 0), [scope.private[key]]).append(node)
        elif self._offered(key):
            self._twice.setdefault((key, 0), [node])

    def join(self, scope: Scope, item: Key, name: str, node: Node, private: bool) -> None:
        """Add a member to a group."""
        self._position += 1
        table = scope.groups if private else self.groups
        table.setdefault(item, []).append((self._position, name, node))

    def members(self, scope: Scope, item: Key) -> list[tuple[str, Node]]:
        """A group as a scope sees it: names and nodes in declared order."""
        found = list(self.groups.get(item, ()))
        at: Scope | None = scope
        while at is not None:
            found += at.groups.get(item, ())
            at = at.parent
        found.sort(key=lambda member: member[0])
        return [(name, node) for _, name, node in found]

    def refusals(self, scopes: Iterable[Scope]) -> list[Refusal]:
        """Everything that stands twice where both would be seen."""
        found: list[Refusal] = [_twice(show(key), nodes) for (key, _), nodes in self._twice.items()]
        for groups in (self.groups, *(scope.groups for scope in scopes)):
            for item, members in groups.items():
                by_name: dict[str, list[Node]] = {}
                for _, name, node in members:
                    if name:
                        by_name.setdefault(name, []).append(node)
                found += [
                    _twice(f"the member {name!r} of Group[{show(item)}]", nodes)
                    for name, nodes in by_name.items()
                    if len(nodes) > 1
                ]
        return found


def _twice(wanted: str, nodes: list[Node]) -> DuplicateProvider:
    offers = [f"{node.label} in module {node.module}" for node in nodes]
    if len(nodes) == 1:
        offers.append("the host")
    sites = tuple(dict.fromkeys(site for node in nodes for site in sites_of(node)))
    return DuplicateProvider(module=nodes[-1].module, wanted=wanted, offers=tuple(offers), sites=sites)


def namesakes(scopes: Iterable[Scope]) -> list[Refusal]:
    """Modules of one name at two places."""
    by_name: dict[str, Scope] = {}
    return [
        ModuleTwice(
            module=scope.name,
            why="is declared at two places",
            cure='give one another name: Module(name="…")',
            sites=(other.site, scope.site),
        )
        for scope in scopes
        if (other := by_name.setdefault(scope.name, scope)) is not scope
    ]


def answered_twice(exports: Iterable[tuple[Scope, Export, list[Node]]]) -> list[Refusal]:
    """Contracts that are exported more than once."""
    by_contract: dict[type[Contract], list[tuple[Scope, Export]]] = {}
    for scope, export, _ in exports:
        by_contract.setdefault(export.contract.__contract__, []).append((scope, export))
    return [
        AnsweredTwice(
            contract=contract.__name__,
            modules=tuple(scope.name for scope, _ in found),
            sites=tuple(export.site for _, export in found),
        )
        for contract, found in by_contract.items()
        if len(found) > 1
    ]
