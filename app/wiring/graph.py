"""The checked graph of a process: read from declarations, whole, before anything is built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..module.contract import Contract, Export
from ..module.declaration import Module
from ..telling.refusals import Refused
from .checking import Check, unseen
from .declarations import Declarations
from .keys import key_of, keyed
from .nodes import Kind, Node, Offers, Replacement, Scope
from .order import closure, without_cycles
from .sight import HostOffers, Sight

__all__ = ["Graph", "Offers", "Replacement", "read"]


class Graph:
    """What stands in a process and what needs what. Builds nothing; `app.wiring.container` does."""

    def __init__(self, declared: Declarations, sight: Sight, order: list[Node], offers: Offers) -> None:
        self.offers = offers
        self.order = order
        """Every node after those that it needs; declared order otherwise."""
        self.invokes: Sequence[Node] = declared.invokes
        self.exports: Sequence[tuple[Scope, Export, list[Node]]] = declared.exports
        self.controllers: Sequence[Node] = declared.controllers
        self.scopes: Sequence[Scope] = declared.scopes
        self._by_name = {scope.name: scope for scope in reversed(declared.scopes)}
        self._sight = sight

    def __len__(self) -> int:
        """How many constructors were read."""
        return sum(node.signature is not None for node in self.order)

    def see(self, key: Any, module: str = "") -> Node:
        """What a module (or, without one, the root) sees for a key. Raises Refused where it sees nothing."""
        key = key_of(key)
        scope = self._by_name.get(module)
        node = None if scope is None else self._sight.find(scope, key)
        if scope is None or node is None:
            raise Refused([unseen(self._sight, scope, module, key)])
        known = len(self.order)
        fresh: list[Node] = []
        while made := self._sight.take():  # groups and values that nobody had asked for yet
            for each in made:
                each.index = known + len(fresh)
                fresh.append(each)
                self._sight.wire(each)
        if fresh:
            self.order += closure(fresh, lambda other: other.index < known)
        return node

    def needed(self) -> list[Node]:
        """What exports, controllers and invokes need, in graph order; then the invokes in theirs."""
        marked = bytearray(len(self.order))
        for node in self.roots():
            marked[node.index] = 1
        found: list[Node] = []
        for node in reversed(self.order):
            if marked[node.index]:
                if node.kind is not Kind.INVOKE:
                    found.append(node)
                for _, other in node.needs:
                    marked[other.index] = 1
        found.reverse()
        return [*found, *self.invokes]

    def roots(self) -> list[Node]:
        """What is built for its own sake."""
        return [*(node for _, _, nodes in self.exports for node in nodes), *self.controllers, *self.invokes]

    def start_edges(self) -> list[list[int]]:
        """For each node's index the indexes of those whose hooks start before its own: what it needs, and who answers
        the contracts it asks for where they live in this graph, unless that would make a cycle."""
        hard = [[needed.index for _, needed in node.needs] for node in self.by_index()]
        answers: dict[type[Contract], list[Node]] = {}
        for _, export, nodes in self.exports:
            if export.contract.__contract__ in self.offers.local:
                answers.setdefault(export.contract.__contract__, []).extend(nodes)
        soft = [
            (node.index, answerer.index)
            for node in self.order
            for _, needed in node.needs
            if needed.kind is Kind.CONTRACT and needed.replaced is None
            for answerer in answers.get(needed.payload, ())
        ]
        for source, target in without_cycles(len(hard), hard, soft):
            hard[source].append(target)
        return hard

    def by_index(self) -> list[Node]:
        """The nodes by their numbers, which stay what they are; fresh ones come last."""
        return sorted(self.order, key=lambda node: node.index)

    def edges(self) -> Iterator[tuple[Node, Node]]:
        """Pairs of who needs and what is needed."""
        return ((node, needed) for node in self.order for _, needed in node.needs)


def read(modules: Sequence[Module], offers: Offers, *, replace: Mapping[Any, Replacement] | None = None) -> Graph:
    """Read and check everything; nothing is built. Raises Refused with all that is wrong."""
    host = HostOffers(offers)
    given = dict(replace or {})
    extra = [*offers.values, *offers.per_module, *offers.contracts, *given, *(r.by for r in given.values() if r.by)]
    declared = Declarations(modules, host.has, extra)
    check = Check(declared, host, keyed(given))
    order = check.order()
    refusals = [*declared.refusals, *check.refusals]
    if refusals:
        raise Refused(dict.fromkeys(refusals))
    return Graph(declared, check.sight, order, offers)
