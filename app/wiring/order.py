"""Orders a graph without recursion: what is needed comes first, cycles are found and drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from .nodes import Node


def arrange(nodes: Sequence[Node]) -> tuple[list[Node], list[tuple[Node, ...]]]:
    """The nodes in an order in which each comes after what it needs, declared order otherwise; and every cycle found.
    `index` numbers the nodes."""
    state = bytearray(len(nodes))  # 0 unseen, 1 on the way, 2 done
    order: list[Node] = []
    cycles: list[tuple[Node, ...]] = []
    for root in nodes:
        if state[root.index]:
            continue
        state[root.index] = 1
        way = [root]
        rest = [iter(root.needs)]
        while way:
            for _, needed in rest[-1]:
                at = state[needed.index]
                if at == 0:
                    state[needed.index] = 1
                    way.append(needed)
                    rest.append(iter(needed.needs))
                    break
                if at == 1:
                    cycles.append(tuple(way[way.index(needed) :]))
            else:
                rest.pop()
                node = way.pop()
                state[node.index] = 2
                order.append(node)
    return order, cycles


def closure(roots: Iterable[Node], done: Callable[[Node], bool]) -> list[Node]:
    """What must be built for the roots, in order, leaving out what is done. The graph has no cycles."""
    order: list[Node] = []
    seen: set[Node] = set()
    for root in roots:
        if root in seen or done(root):
            continue
        seen.add(root)
        way = [root]
        rest = [iter(root.needs)]
        while way:
            for _, needed in rest[-1]:
                if needed not in seen and not done(needed):
                    seen.add(needed)
                    way.append(needed)
                    rest.append(iter(needed.needs))
                    break
            else:
                rest.pop()
                order.append(way.pop())
    return order


def without_cycles(count: int, hard: Sequence[Sequence[int]], soft: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The soft edges (from, to) that close no cycle with the hard ones and each other, whatever their order: those
    whose ends lie in different strongly connected components (Tarjan, without recursion)."""
    soft = list(soft)
    edges: list[list[int]] = [list(targets) for targets in hard]
    for source, target in soft:
        edges[source].append(target)
    number = [0] * count
    low = [0] * count
    component = [-1] * count
    stack: list[int] = []
    found = 0
    for root in range(count):
        if number[root]:
            continue
        found += 1
        number[root] = low[root] = found
        stack.append(root)
        way = [(root, iter(edges[root]))]
        while way:
            at, rest = way[-1]
            for target in rest:
                if not number[target]:
                    found += 1
                    number[target] = low[target] = found
                    stack.append(target)
                    way.append((target, iter(edges[target])))
                    break
                if component[target] < 0:
                    low[at] = min(low[at], number[target])
            else:
                way.pop()
                if way:
                    above = way[-1][0]
                    low[above] = min(low[above], low[at])
                if low[at] == number[at]:
                    while True:
                        member = stack.pop()
                        component[member] = at
                        if member == at:
                            break
    return [(source, target) for source, target in soft if component[source] != component[target]]
