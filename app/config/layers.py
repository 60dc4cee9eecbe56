"""The layers, lowest first: files by environment, variables, options; then dynaconf's casts on what is left on top.

Dynaconf evaluates what casts are left in the merged values (`@int 5`, `@format {env[HOME]}/x`,
`@format {this.http.host}`); `app.config.by_dynaconf` says what is ours, and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..telling.drawing import near_misses
from ..telling.refusals import Refusal, Refused, Site
from ..telling.refusals.settings import BadCast, OutsideEnvironment, UnknownEnvironment
from .origin import Leaf, Node, Origin, dotted, grow, leaves, merge, plain
from .toml_lines import line_of, read_toml

FILES = ("config/settings.toml", "config/settings.local.toml", "config/.secrets.toml")
"""Below the project's root, later ones on top. None has to be there."""
USUAL = ("development", "testing", "production")
"""Environments that need no table."""


@dataclass(frozen=True, slots=True)
class Files:
    """What the files say for one environment."""

    tree: Node
    """Merged: each file's [default], then its [environment]."""
    others: tuple[tuple[str, Node], ...]
    """The tables of environments that are not in force, for finding unknown keys in them too."""


def read_files(root: Path, environment: str, sections: Iterable[str], refusals: list[Refusal]) -> Files:
    """Read the settings files below a root. Appends what is wrong with them to `refusals`."""
    tree: Node = {}
    others: list[tuple[str, Node]] = []
    environments = set(USUAL)
    for name in FILES:
        path = root / name
        try:
            document = read_toml(path)
        except FileNotFoundError:
            continue
        except Refused as refused:
            refusals += refused.refusals
            continue
        tables = _environments(path, document, frozenset(sections), refusals)
        environments |= tables.keys()
        for table in ("default", environment):
            tree = merge(tree, tables.get(table, {}))
        others += [(table, grown) for table, grown in tables.items() if table not in ("default", environment)]
    if environment not in environments - {"default"}:
        known = tuple(sorted(environments - {"default"}))
        refusals.append(UnknownEnvironment(environment=environment, known=known, near=near_misses(environment, known)))
    return Files(tree, tuple(others))


def _environments(
    path: Path, document: Mapping[str, Any], sections: frozenset[str], refusals: list[Refusal]
) -> dict[str, Node]:
    tables: dict[str, Node] = {}
    for name, table in document.items():
        folded = name.lower()
        if not isinstance(table, Mapping) or folded in sections:
            site = Site(str(path), line_of(path, (name,)), name)
            refusals.append(OutsideEnvironment(key=dotted((name,)), sites=(site,)))
            continue
        grown = grow(table, Origin("file", str(path), (name,)))
        # Sections may be written in any case, as dynaconf has it; the keys below them may not.
        tables[folded] = {key.lower(): below for key, below in grown.items()}
    return tables


def evaluate(tree: Node, refusals: list[Refusal]) -> Node:
    """The tree with dynaconf's casts evaluated. Appends casts that fail to `refusals` and drops their values."""
    if not any(_casts(leaf.value) for leaf in leaves(tree)):
        return tree
    from .by_dynaconf import Evaluation

    evaluation = Evaluation(plain(tree))

    def each(node: Leaf | Node, path: tuple[str, ...], value: Any) -> Leaf | Node | None:
        if not isinstance(node, Leaf):
            found: Node = {}
            for key, below in node.items():
                inner = each(below, (*path, key), value.get(key) if isinstance(value, Mapping) else None)
                if inner is not None:
                    found[key] = inner
            return found
        if not _casts(node.value):
            return node
        try:
            value = evaluation.one(node.value, value)
        except Exception as error:
            why = str(error) if isinstance(error, ValueError) and str(node.value) not in str(error) else ""
            cast = str(node.value).split(" ", 1)[0]
            refusals.append(BadCast(key=dotted(path), cast=cast, why=_first(why), sites=(node.origin.site(),)))
            return None
        return Leaf(value, node.origin, node.text and isinstance(value, str))

    evaluated = each(tree, (), evaluation.values)
    assert isinstance(evaluated, dict)
    return evaluated


def _casts(value: Any) -> bool:
    if isinstance(value, str):
        return value.startswith("@")
    return isinstance(value, list) and any(_casts(item) for item in value)


def _first(text: str) -> str:
    return text.splitlines()[0] if text else ""
