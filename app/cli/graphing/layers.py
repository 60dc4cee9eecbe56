"""A small layered layout, left to right: layers, bends for long arrows, few crossings, straight lines.

After Sugiyama, Tagawa and Toda (1981); vertical places by least squares under separations (pool adjacent violators).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 12
"""Passes over the layers, there and back, for fewer crossings and for straighter lines."""


@dataclass(frozen=True, slots=True)
class Bend:
    """Where a long arrow passes through a layer."""

    source: Hashable
    target: Hashable
    layer: int


Item = Hashable


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand: layer by layer, and their vertical middles."""

    layers: tuple[tuple[Item, ...], ...]
    middle: Mapping[Item, float]
    chains: Mapping[tuple[Item, Item], tuple[Item, ...]]
    """For each arrow its way from source to target, bends included."""


def lay_out(heights: Mapping[Item, float], arrows: Sequence[tuple[Item, Item]], gap: float) -> Layout:
    """Place items of these heights. Arrows that close a cycle are laid out as if they pointed the other way."""
    items = list(heights)
    pairs = list(dict.fromkeys((s, t) for s, t in arrows if s != t))
    forward = _without_cycles(items, pairs)
    layer_of = _layers(items, list(forward.values()))
    layers: list[list[Item]] = [[] for _ in range(max(layer_of.values(), default=0) + 1)]
    for item in items:
        layers[layer_of[item]].append(item)
    chains: dict[tuple[Item, Item], tuple[Item, ...]] = {}
    links: list[tuple[Item, Item]] = []
    for pair, (first, last) in forward.items():
        bends = [Bend(first, last, layer) for layer in range(layer_of[first] + 1, layer_of[last])]
        for bend in bends:
            if bend not in layers[bend.layer]:
                layers[bend.layer].append(bend)
        way = (first, *bends, last)
        links += [link for link in pairwise(way) if link not in links]
        chains[pair] = way if pair == (first, last) else way[::-1]
    left, right = _neighbours(links)
    _untangle(layers, left, right)
    return Layout(tuple(map(tuple, layers)), _straighten(layers, left, right, heights, gap), chains)


def _without_cycles(items: list[Item], pairs: list[tuple[Item, Item]]) -> dict[tuple[Item, Item], tuple[Item, Item]]:
    """Each arrow, turned round where it leads back to something that it came from."""
    after: dict[Item, list[Item]] = {item: [] for item in items}
    for source, target in pairs:
        after[source].append(target)
    state: dict[Item, int] = {}
    turned: set[tuple[Item, Item]] = set()
    for root in items:
        stack = [(root, iter(after[root]))] if root not in state else []
        state.setdefault(root, 1)
        while stack:
            item, rest = stack[-1]
            for target in rest:
                if state.get(target) == 1:
                    turned.add((item, target))
                elif target not in state:
                    state[target] = 1
                    stack.append((target, iter(after[target])))
                    break
            else:
                state[item] = 2
                stack.pop()
    return {pair: (pair[1], pair[0]) if pair in turned else pair for pair in pairs}


def _layers(items: list[Item], arrows: list[tuple[Item, Item]]) -> dict[Item, int]:
    """The longest way to each item; then those that only others need move right, next to whom they need."""
    layer = dict.fromkeys(items, 0)
    for _ in items:
        moved = False
        for source, target in arrows:
            if layer[target] <= layer[source]:
                layer[target], moved = layer[source] + 1, True
        if not moved:
            break
    for item in items:
        targets = [layer[target] for source, target in arrows if source == item]
        if targets and not any(target == item for _, target in arrows):
            layer[item] = min(targets) - 1
    lowest = min(layer.values(), default=0)
    return {item: number - lowest for item, number in layer.items()}


def _neighbours(links: list[tuple[Item, Item]]) -> tuple[dict[Item, list[Item]], dict[Item, list[Item]]]:
    left: dict[Item, list[Item]] = {}
    right: dict[Item, list[Item]] = {}
    for source, target in links:
        right.setdefault(source, []).append(target)
        left.setdefault(target, []).append(source)
    return left, right


def _untangle(layers: list[list[Item]], left: dict[Item, list[Item]], right: dict[Item, list[Item]]) -> None:
    """Order each layer by the mean place of its neighbours, there and back; keep the order with the fewest crossings."""
    best, fewest = [list(layer) for layer in layers], _crossings(layers, right)
    for sweep in range(SWEEPS):
        neighbours = left if sweep % 2 == 0 else right
        for number in range(len(layers)) if sweep % 2 == 0 else reversed(range(len(layers))):
            other = number - 1 if sweep % 2 == 0 else number + 1
            if 0 <= other < len(layers):
                place = {item: float(index) for index, item in enumerate(layers[other])}
                own = {item: float(index) for index, item in enumerate(layers[number])}
                layers[number].sort(key=lambda item: _mean([place[n] for n in neighbours.get(item, ())], own[item]))
        crossings = _crossings(layers, right)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    layers[:] = best


def _crossings(layers: list[list[Item]], right: dict[Item, list[Item]]) -> int:
    count = 0
    for layer, following in pairwise(layers):
        place = {item: index for index, item in enumerate(following)}
        ends = [(index, place[target]) for index, item in enumerate(layer) for target in right.get(item, ())]
        count += sum((one[0] - two[0]) * (one[1] - two[1]) < 0 for n, one in enumerate(ends) for two in ends[n + 1 :])
    return count


def _straighten(
    layers: list[list[Item]],
    left: dict[Item, list[Item]],
    right: dict[Item, list[Item]],
    heights: Mapping[Item, float],
    gap: float,
) -> dict[Item, float]:
    """Vertical middles: each as near to its neighbours as the order and the gaps allow."""
    middle: dict[Item, float] = {}
    for layer in layers:
        at = 0.0
        for item in layer:
            height = heights.get(item, 0.0)
            middle[item] = at + height / 2
            at += height + gap
    for sweep in range(SWEEPS * 2):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wanted = [
                _mean([middle[n] for n in (*left.get(item, ()), *right.get(item, ()))], middle[item]) for item in layer
            ]
            middle |= zip(layer, _separated(layer, wanted, heights, gap), strict=True)
    top = min((middle[item] - heights.get(item, 0.0) / 2 for item in middle), default=0.0)
    return {item: place - top for item, place in middle.items()}


def _separated(layer: list[Item], wanted: list[float], heights: Mapping[Item, float], gap: float) -> list[float]:
    """The places nearest to the wanted ones that keep the order and the gaps."""
    offsets, at = [], 0.0
    for index, item in enumerate(layer):
        if index:
            at += (heights.get(layer[index - 1], 0.0) + heights.get(item, 0.0)) / 2 + gap
        offsets.append(at)
    pools: list[tuple[float, int]] = []
    for place, offset in zip(wanted, offsets, strict=True):
        total, count = place - offset, 1
        while pools and pools[-1][0] / pools[-1][1] >= total / count:
            before, number = pools.pop()
            total, count = total + before, count + number
        pools.append((total, count))
    flat = [total / count for total, count in pools for _ in range(count)]
    return [value + offset for value, offset in zip(flat, offsets, strict=True)]


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
