"""A drawing as Mermaid and as DOT."""

from __future__ import annotations

from collections.abc import Iterator

from .drawing import Arrow, Box, Drawing


def mermaid(drawing: Drawing) -> str:
    """For Markdown: a flowchart."""
    names = _names(drawing)
    lines = ["flowchart LR"]
    for number, group in enumerate(drawing.groups):
        pad = "  "
        if group.framed:
            lines.append(f'  subgraph p{number}["{_quoted(group.title)}"]')
            pad = "    "
        lines += [f"{pad}{names[box.name]}{_shape(box)}" for box in group.boxes]
        if group.framed:
            lines.append("  end")
    for arrow in drawing.arrows:
        line = "-.->" if arrow.forwards else "-->"
        label = f"|{_quoted(', '.join(arrow.contracts))}|" if arrow.contracts else ""
        lines.append(f"  {names[arrow.source]} {line}{label} {names[arrow.target]}")
    return "\n".join(lines) + "\n"


def dot(drawing: Drawing) -> str:
    """For Graphviz: a digraph with a cluster for each process."""
    return "\n".join(_dot_lines(drawing)) + "\n"


def _dot_lines(drawing: Drawing) -> Iterator[str]:
    yield f"digraph {_dot(drawing.title)} {{"
    yield "  rankdir=LR;"
    yield '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="Helvetica"];'
    yield '  edge [fontname="Helvetica", fontsize=10];'
    for group in drawing.groups:
        pad = "  "
        if group.framed:
            yield f"  subgraph {_dot(f'cluster_{group.name}')} {{"
            yield f"    label={_dot(group.title)};"
            pad = "    "
        for box in group.boxes:
            style = ', style="rounded,dashed"' if box.kind == "external" else ""
            yield f"{pad}{_dot(box.name)} [label={_dot(_label(box, chr(10)))}{style}];"
        if group.framed:
            yield "  }"
    for arrow in drawing.arrows:
        yield f"  {_dot(arrow.source)} -> {_dot(arrow.target)}{_dot_options(arrow)};"
    yield "}"


def _dot_options(arrow: Arrow) -> str:
    options = [f"label={_dot(', '.join(arrow.contracts))}"] if arrow.contracts else []
    options += ["style=dashed"] if arrow.forwards else []
    return f" [{', '.join(options)}]" if options else ""


def _names(drawing: Drawing) -> dict[str, str]:
    """Identifiers that Mermaid accepts: its own words, such as `end`, break a chart."""
    boxes = [box for group in drawing.groups for box in group.boxes]
    return {box.name: f"m{number}" for number, box in enumerate(boxes)}


def _shape(box: Box) -> str:
    text = _quoted(_label(box, "<br>"))
    match box.kind:
        case "external":
            return f'[/"{text}"/]'
        case "edge":
            return f'(["{text}"])'
        case _:
            return f'["{text}"]'


def _label(box: Box, newline: str) -> str:
    return newline.join((box.title, *box.contracts))


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;")


def _dot(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
