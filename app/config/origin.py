"""Where each value came from, and the tree in which the layers are merged: per key; lists replace."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..telling.refusals import Site
from .toml_lines import line_of


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from: a default in the code, a file, an environment variable, or an option (`--set`)."""

    source: Literal["default", "file", "variable", "option"] = "default"
    name: str = ""
    """The file's path, the variable's name, or the option's key."""
    key: tuple[str, ...] = ()
    """In a file: the whole way to the value, its environment's table first."""

    @property
    def line(self) -> int:
        """The line in the file; 0 where it is no file or the line cannot be found."""
        return line_of(Path(self.name), self.key) if self.source == "file" else 0

    def site(self) -> Site:
        """For a refusal: `file:line`, or the variable or option by its name."""
        if self.source == "file":
            return Site(self.name, self.line, dotted(self.key))
        return Site("", 0, str(self))

    def __str__(self) -> str:
        match self.source:
            case "default":
                return "default"
            case "file":
                file = os.path.relpath(self.name)
                return f"{self.name if file.startswith('..') else file}:{self.line} [{self.key[0]}]"
            case "variable":
                return f"variable {self.name}"
            case "option":
                return f"option --set {self.name}"


DEFAULT = Origin()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value in the tree. `text`: it was given as text, to be read as whatever type is expected."""

    value: Any
    origin: Origin
    text: bool = False


Node = dict[str, Any]
"""Key -> Leaf or Node."""


def grow(table: Mapping[str, Any], origin: Origin) -> Node:
    """A plain table as a tree; each leaf's origin knows its own key."""
    tree: Node = {}
    for key, value in table.items():
        below = Origin(origin.source, origin.name, (*origin.key, key)) if origin.source == "file" else origin
        tree[key] = grow(value, below) if isinstance(value, Mapping) else Leaf(value, below)
    return tree


def merge(under: Node, over: Node) -> Node:
    """A later layer laid over an earlier one: tables are merged key by key, anything else is replaced."""
    merged = dict(under)
    for key, value in over.items():
        known = merged.get(key)
        merged[key] = merge(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return merged


def planted(path: tuple[str, ...], value: Leaf | Node) -> Node:
    """A tree that holds one thing, at a path."""
    for key in reversed(path):
        value = {key: value}
    assert isinstance(value, dict)
    return value


def plain(node: Leaf | Node) -> Any:
    """The values alone."""
    return node.value if isinstance(node, Leaf) else {key: plain(value) for key, value in node.items()}


def leaves(node: Leaf | Node) -> Iterator[Leaf]:
    """All leaves of a tree."""
    if isinstance(node, Leaf):
        yield node
    else:
        for value in node.values():
            yield from leaves(value)


def origin_of(node: Leaf | Node) -> Origin:
    """The origin of a leaf; of a table, where its first leaf stands, as the table's own."""
    below = 0
    while not isinstance(node, Leaf):
        if not node:
            return DEFAULT
        node = next(iter(node.values()))
        below += 1
    origin = node.origin
    if origin.source != "file" or not below:
        return origin
    return Origin("file", origin.name, origin.key[: len(origin.key) - below])


def dotted(path: tuple[str, ...]) -> str:
    """`http.port`; parts that are no bare TOML keys are quoted."""
    return ".".join(part if _BARE.fullmatch(part) else f'"{part}"' for part in path)


MASK = "***"
_BARE = re.compile(r"[A-Za-z0-9_*-]+")
_USERINFO = re.compile(r"(?P<before>[a-z][a-z0-9+.-]*:(?://)?[^/\s:@]*:).*(?=@)", re.IGNORECASE)
_QUERY = re.compile(
    r"(?P<before>(?:^|[?&;\s])(?:password|passwd|pwd|secret|token|sslpassword)\s*=\s*)(?:'[^']*'|[^&\s]*)",
    re.IGNORECASE,
)


def masked_url(text: str) -> str:
    """Text with the passwords of its URLs and connection strings masked, well-formed or not."""
    return _QUERY.sub(rf"\g<before>{MASK}", _USERINFO.sub(rf"\g<before>{MASK}", text))


def shown(value: Any) -> str:
    """A value for people, as TOML would have it, shortened; passwords inside URLs masked. Not for secrets."""
    match value:
        case None:
            text = "not set"
        case bool():
            text = "true" if value else "false"
        case str():
            text = f'"{masked_url(value)}"'
        case list() | tuple():
            text = f"[{', '.join(shown(item) for item in value)}]"
        case _:
            text = masked_url(str(value))
    return text if len(text) <= 120 else f"{text[:117]}…"
