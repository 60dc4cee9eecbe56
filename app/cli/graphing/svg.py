"""A drawing as SVG: no graphviz needed, readable on light and on dark pages."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape

from .drawing import Arrow, Box, Drawing, Group
from .layers import Item, lay_out

LINE, PADDING, TITLE = 18.0, 12.0, 24.0
"""Pixels: a line of text, the space inside boxes and groups, a group's title."""
BETWEEN_BOXES, BETWEEN_GROUPS, BETWEEN_LAYERS = 14.0, 30.0, 110.0
MARGIN = 20.0
LETTER = 7.6
"""Pixels: about what a letter of the font takes."""

STYLE = """
  text { font: 13px ui-sans-serif, system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2937; }
  .name { font-weight: 600; }
  .small { font-size: 11.5px; fill: #6b7280; }
  .group { fill: #f3f4f6; stroke: #d1d5db; }
  .module { fill: #ffffff; stroke: #2563eb; stroke-width: 1.3; }
  .edge { fill: #ecfdf5; stroke: #059669; stroke-width: 1.3; }
  .external { fill: #fffbeb; stroke: #b45309; stroke-width: 1.3; stroke-dasharray: 5 3; }
  .arrow { fill: none; stroke: #64748b; stroke-width: 1.4; }
  .forwards { stroke: #059669; stroke-dasharray: 4 4; opacity: .75; }
  .label { font-size: 11px; fill: #475569; paint-order: stroke; stroke: #ffffff; stroke-width: 4px; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e5e7eb; } .small { fill: #9ca3af; } .group { fill: #1f2937; stroke: #4b5563; }
    .module { fill: #111827; } .edge { fill: #064e3b; } .external { fill: #451a03; }
    .label { fill: #cbd5e1; stroke: #111827; }
  }
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def svg(drawing: Drawing) -> str:
    """The drawing as one SVG document."""
    group_of = {box.name: group.name for group in drawing.groups for box in group.boxes}
    sizes = {group.name: _group_size(group) for group in drawing.groups}
    arrows = [(group_of[arrow.source], group_of[arrow.target]) for arrow in drawing.arrows]
    layout = lay_out({name: height for name, (_, height) in sizes.items()}, arrows, BETWEEN_GROUPS)
    by_name = {group.name: group for group in drawing.groups}
    places: dict[Item, Place] = {}
    x = MARGIN
    for layer in layout.layers:
        width = max((sizes[str(item)][0] for item in layer if item in sizes), default=0.0)
        for item in layer:
            own, height = sizes[str(item)] if item in sizes else (width, 0.0)
            places[item] = Place(x + (width - own) / 2, MARGIN + layout.middle[item] - height / 2, own, height)
        x += width + BETWEEN_LAYERS
    boxes = {box.name: place for group in drawing.groups for box, place in _inside(group, places[group.name])}
    parts = [_group(by_name[str(item)], place) for item, place in places.items() if item in by_name]
    ways = {
        arrow: [places[item] for item in layout.chains.get((group_of[arrow.source], group_of[arrow.target]), ())[1:-1]]
        for arrow in drawing.arrows
    }
    ports = _ports(ways, boxes)
    parts += [_arrow(arrow, boxes, way, ports, _wants_label(arrow, drawing)) for arrow, way in ways.items()]
    parts += [_box(box, boxes[box.name]) for group in drawing.groups for box in group.boxes]
    width = max((place.right for place in places.values()), default=0.0) + MARGIN
    height = max((place.y + place.height for place in places.values()), default=0.0) + MARGIN
    return _document(drawing.title, width + (40 if _turns(drawing, group_of) else 0), height, parts)


def _document(title: str, width: float, height: float, parts: list[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img">'
    )
    heads = "".join(
        f'<marker id="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        f'orient="auto-start-reverse"><path d="M0 1L10 5L0 9z" fill="{colour}"/></marker>'
        for name, colour in (("head", "#64748b"), ("green", "#059669"))
    )
    return "\n".join((head, f"<title>{escape(title)}</title>", f"<style>{STYLE}</style>", f"<defs>{heads}</defs>",
                      *parts, "</svg>", ""))  # fmt: skip


def _box_size(box: Box) -> tuple[float, float]:
    longest = max(len(box.title) * 1.16, *(len(name) for name in box.contracts), 6)
    return longest * LETTER + 2 * PADDING, (1 + len(box.contracts)) * LINE + PADDING


def _group_size(group: Group) -> tuple[float, float]:
    sizes = [_box_size(box) for box in group.boxes] or [(len(group.title) * LETTER, 0.0)]
    width, height = max(w for w, _ in sizes), sum(h for _, h in sizes) + BETWEEN_BOXES * (len(sizes) - 1)
    if not group.framed:
        return width, height
    return max(width, (len(group.title) + 1) * LETTER) + 2 * PADDING, height + TITLE + PADDING


def _inside(group: Group, place: Place) -> list[tuple[Box, Place]]:
    found: list[tuple[Box, Place]] = []
    left, y = (place.x + PADDING, place.y + TITLE) if group.framed else (place.x, place.y)
    width = place.width - 2 * (left - place.x)
    for box in group.boxes:
        _, height = _box_size(box)
        found.append((box, Place(left, y, width, height)))
        y += height + BETWEEN_BOXES
    return found


def _group(group: Group, place: Place) -> str:
    if not group.framed:
        return ""
    return (
        f'<rect class="group" x="{place.x:.1f}" y="{place.y:.1f}" width="{place.width:.1f}" '
        f'height="{place.height:.1f}" rx="10"/>'
        f'<text class="small" x="{place.x + PADDING:.1f}" y="{place.y + 16:.1f}">{escape(group.title)}</text>'
    )


def _box(box: Box, place: Place) -> str:
    middle = place.x + place.width / 2
    rows = [
        f'<text class="name" text-anchor="middle" x="{middle:.1f}" y="{place.y + LINE:.1f}">{escape(box.title)}</text>'
    ]
    rows += [
        f'<text class="small" text-anchor="middle" x="{middle:.1f}" y="{place.y + LINE * (n + 2):.1f}">{escape(name)}</text>'
        for n, name in enumerate(box.contracts)
    ]
    rectangle = (
        f'<rect class="{box.kind}" x="{place.x:.1f}" y="{place.y:.1f}" width="{place.width:.1f}" '
        f'height="{place.height:.1f}" rx="6"/>'
    )
    return rectangle + "".join(rows)


def _ports(ways: dict[Arrow, list[Place]], boxes: dict[str, Place]) -> dict[tuple[str, str, str], float]:
    """(box, side, other box) -> height: arrows leave and arrive side by side, in the order of where they go next."""
    ends: dict[tuple[str, str], list[tuple[float, float, str]]] = {}
    for arrow, way in ways.items():
        source, target = boxes[arrow.source], boxes[arrow.target]
        leaves, enters = _sides(source, target)
        first, last = (way[0], way[-1]) if way else (target, source)
        ends.setdefault((arrow.source, leaves), []).append((first.middle, target.middle, arrow.target))
        ends.setdefault((arrow.target, enters), []).append((last.middle, source.middle, arrow.source))
    ports: dict[tuple[str, str, str], float] = {}
    for (name, side), others in ends.items():
        place = boxes[name]
        for number, (_, _, other) in enumerate(sorted(others), 1):
            ports[name, side, other] = place.y + place.height * number / (len(others) + 1)
    return ports


def _sides(source: Place, target: Place) -> tuple[str, str]:
    """Which sides an arrow leaves and enters: boxes above each other are joined on their right."""
    if target.x >= source.right:
        return "right", "left"
    if target.right <= source.x:
        return "left", "right"
    return "right", "right"


def _arrow(
    arrow: Arrow,
    boxes: dict[str, Place],
    between: list[Place],
    ports: dict[tuple[str, str, str], float],
    labelled: bool,
) -> str:
    source, target = boxes[arrow.source], boxes[arrow.target]
    leaves, enters = _sides(source, target)
    start = (source.right if leaves == "right" else source.x, ports[arrow.source, leaves, arrow.target])
    end = (target.right if enters == "right" else target.x, ports[arrow.target, enters, arrow.source])
    if leaves == enters:
        bow = max(start[0], end[0]) + 34
        path = (
            f"M{start[0]:.1f} {start[1]:.1f}C{bow:.1f} {start[1]:.1f} {bow:.1f} {end[1]:.1f} {end[0]:.1f} {end[1]:.1f}"
        )
        middle = (bow - 8, (start[1] + end[1]) / 2)
    else:
        points = [start]
        for place in between:  # straight through the layer in between, past whatever stands there
            ends = [(place.x, place.middle), (place.right, place.middle)]
            points += ends if leaves == "right" else ends[::-1]
        points.append(end)
        path = f"M{start[0]:.1f} {start[1]:.1f}" + "".join(
            _curve(one, two) if number % 2 == 0 else f"L{two[0]:.1f} {two[1]:.1f}"
            for number, (one, two) in enumerate(pairwise(points))
        )
        middle = ((points[0][0] + points[1][0]) / 2, (points[0][1] + points[1][1]) / 2 - 5)
    kind, head = ("arrow forwards", "green") if arrow.forwards else ("arrow", "head")
    said = ", ".join(arrow.contracts) or "forwards"
    drawn = f'<path class="{kind}" marker-end="url(#{head})" d="{path}"><title>{escape(said)}</title></path>'
    if labelled:
        drawn += (
            f'<text class="label" text-anchor="middle" x="{middle[0]:.1f}" y="{middle[1]:.1f}">{escape(said)}</text>'
        )
    return drawn


def _curve(one: tuple[float, float], two: tuple[float, float]) -> str:
    half = (one[0] + two[0]) / 2
    return f"C{half:.1f} {one[1]:.1f} {half:.1f} {two[1]:.1f} {two[0]:.1f} {two[1]:.1f}"


def _wants_label(arrow: Arrow, drawing: Drawing) -> bool:
    """A label only where the target's box does not say it: it answers several contracts, and not all are meant."""
    target = next(box for group in drawing.groups for box in group.boxes if box.name == arrow.target)
    return bool(arrow.contracts) and set(arrow.contracts) != set(target.contracts)


def _turns(drawing: Drawing, group_of: dict[str, str]) -> bool:
    return any(group_of[arrow.source] == group_of[arrow.target] for arrow in drawing.arrows)
