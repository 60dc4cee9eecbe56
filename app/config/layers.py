"""The layers, lowest first: files by environment, variables, options; then dynaconf's casts on what is left on top.

Dynaconf reads lists, tables and casts that are given as text (`[1, 2]`, `@int 5`) and evaluates casts over the merged
values (`@format {env[HOME]}/x`, `@format {this.http.host}`). Merging is ours: dynaconf joins lists, changes the case of
keys, lets a foreign ENV_FOR_DYNACONF win, and keeps no origin for each value. It is imported only where there is
something for it to read: its import takes as long as the rest of a small process's start.
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
    from dynaconf import Dynaconf
    from dynaconf.utils.parse_conf import MetaValue, parse_conf_data

    # No loader reads anything: what is to be known is handed over.
    settings = Dynaconf(core_loaders=[], loaders=[], settings_files=[], environments=False, load_dotenv=False)
    values = plain(tree)
    try:
        settings.update(values, validate=False)
        held = {key.lower(): value for key, value in settings.as_dict().items()}
    except Exception:  # a cast fails: found again below, alone
        held = {}

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
            if value is None:
                value = parse_conf_data(node.value, box_settings=settings)
                value = value(settings) if callable(value) else value
            if isinstance(value, MetaValue):
                raise ValueError("tables are merged key by key and lists are replaced, without being asked")
        except Exception as error:
            why = str(error) if isinstance(error, ValueError) and str(node.value) not in str(error) else ""
            cast = str(node.value).split(" ", 1)[0]
            refusals.append(BadCast(key=dotted(path), cast=cast, why=_first(why), sites=(node.origin.site(),)))
            return None
        return Leaf(value, node.origin, node.text and isinstance(value, str))

    evaluated = each(tree, (), held)
    assert isinstance(evaluated, dict)
    return evaluated


def _casts(value: Any) -> bool:
    if isinstance(value, str):
        return value.startswith("@")
    return isinstance(value, list) and any(_casts(item) for item in value)


def _first(text: str) -> str:
    return text.splitlines()[0] if text else ""
