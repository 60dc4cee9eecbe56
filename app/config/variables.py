"""Variables and options: `PANGAEA_HTTP_PORT=8081` and `--set http.port=8081`, resolved against the keys that are known."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ..telling.drawing import near_misses
from ..telling.refusals import Refusal, Site
from ..telling.refusals.settings import AmbiguousVariable, BadOption, UnknownKey, UnknownModuleSection, UnknownVariable
from .filling import read_text, variable_of
from .kinds import fields_of, item_of, kind_at, section_of
from .origin import Leaf, Node, Origin, dotted, grow, merge, planted

PREFIX = "PANGAEA_"
_OTHERS = ("ENV", "TOPOLOGY", "PROCESS", "REPLICA", "ROOT", "TRACEBACK")
_OTHER_PREFIXES = ("ADDRESS_", "NOTIFY_", "PARENT_", "TEST_")
"""Variables with our prefix that are no settings: placing, the supervisor and the tests read them."""
_LINKS = re.compile(r"(SERVICE|PORT)(_\w+)?")
"""What Kubernetes sets in every container beside a service that is called `pangaea`."""

Path = tuple[str, ...]
Options = Mapping[str, Any] | Sequence[str]


def read_variables(
    environ: Mapping[str, str], kinds: Any, elsewhere: Collection[str] | None, under: Node, refusals: list[Refusal]
) -> Node:
    """The tree that the variables make. `kinds`: the Struct of all sections; `elsewhere`: modules whose keys are not
    known here, None for any; `under`: the layers below, for the case of keys. Appends what is wrong to `refusals`."""
    given = [name for name in sorted(environ) if name.startswith(PREFIX)]
    given = [name for name in given if not _is_other(name.removeprefix(PREFIX).upper())]
    if not given:
        return {}
    known = list(_paths(kinds))
    by_exact, by_loose = _index(known, "__"), _index(known, "_")
    tree: Node = {}
    for name in given:
        own = name.removeprefix(PREFIX).upper()
        paths = by_exact.get(own) or by_loose.get(own.replace("__", "_")) or _in_tables(own, known, kinds, under)
        if not paths and _is_left(name, elsewhere):
            continue
        if not paths:
            near = near_misses(name, [variable_of(path) for path in known if section_of(kind_at(kinds, path)) is None])
            refusals.append(UnknownVariable(variable=name, near=near, sites=(Site("", 0, f"variable {name}"),)))
        elif len(paths) > 1:
            keys, separate = tuple(map(dotted, paths)), tuple(variable_of(path, "__") for path in paths)
            refusals.append(AmbiguousVariable(variable=name, keys=keys, variables=separate))
        else:
            tree = _set(tree, paths[0], environ[name], Origin("variable", name), kinds)
    return tree


def read_options(options: Options, kinds: Any, elsewhere: Collection[str] | None, refusals: list[Refusal]) -> Node:
    """The tree that the options make: `["http.port=8081"]`, or a mapping, whose values may be any that fit."""
    tree: Node = {}
    for key, value in _pairs(options, refusals):
        path = tuple(part.strip() for part in key.split("."))
        path = (path[0].lower(), *path[1:])
        if kind_at(kinds, path) is None:
            if path[0] == "modules" and len(path) > 1 and (elsewhere is None or path[1] in elsewhere):
                continue
            refusals.append(_unknown(path, kinds, elsewhere or ()))
            continue
        tree = _set(tree, path, value, Origin("option", key), kinds)
    return tree


def options_of(options: Options, module: str) -> dict[str, Any]:
    """Those options that are for a module's section."""
    return {key: value for key, value in _pairs(options, []) if key.lower().startswith(f"modules.{module.lower()}.")}


def _pairs(options: Options, refusals: list[Refusal]) -> Iterator[tuple[str, Any]]:
    if isinstance(options, Mapping):
        yield from options.items()
        return
    for option in options:
        key, equals, value = option.partition("=")
        if equals and all(part.strip() for part in key.split(".")):
            yield key.strip(), value
        else:
            # What stands there may be a mistyped secret: only a key is repeated.
            refusals.append(BadOption(option=key if equals else "…", sites=(Site("", 0, "option --set"),)))


def _set(tree: Node, path: Path, value: Any, origin: Origin, kinds: Any) -> Node:
    kind = kind_at(kinds, path)
    text = isinstance(value, str)
    if text and value.lstrip().startswith("{") and (section_of(kind) is not None or item_of(kind) is not None):
        value, text = read_text(value), False  # a table, to be merged key by key
    if isinstance(value, Mapping):
        return merge(tree, planted(path, grow(value, origin)))
    return merge(tree, planted(path, Leaf(value, origin, text)))


def _unknown(path: Path, kinds: Any, elsewhere: Collection[str]) -> Refusal:
    site = Site("", 0, f"option --set {dotted(path)}")
    parent = path[:-1]
    while parent and kind_at(kinds, parent) is None:
        parent = parent[:-1]
    section = section_of(kind_at(kinds, parent))
    known = tuple(fields_of(section)) if section is not None else ()
    wanted = path[len(parent)]
    if parent == ("modules",):
        names = tuple(sorted({*known, *elsewhere}))
        return UnknownModuleSection(module=wanted, known=names, near=near_misses(wanted, names), sites=(site,))
    near = tuple(dotted((*parent, name)) for name in near_misses(wanted, known))
    if not near:
        near = near_misses(dotted(path), [dotted(way) for way in _paths(kinds)])
    return UnknownKey(key=dotted(path), known=known, near=near, sites=(site,))


def _paths(kind: Any, above: Path = ()) -> Iterator[Path]:
    """Every key that may be set, tables included."""
    section = section_of(kind)
    if above:
        yield above
    if section is not None:
        for key, field in fields_of(section).items():
            yield from _paths(field.type, (*above, key))


def _index(paths: Sequence[Path], separator: str) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in paths:
        name = variable_of(path, separator).removeprefix(variable_of((), separator))
        found.setdefault(name if separator == "__" else name.replace("__", "_"), []).append(path)
    return found


def _in_tables(own: str, known: Sequence[Path], kinds: Any, under: Node) -> list[Path]:
    """`CALLS_POLICIES_CATALOG_ATTEMPTS`: a key of our own choosing in a table, then perhaps a key of its section."""
    loose = own.replace("__", "_")
    found: list[Path] = []
    for table in known:
        item = item_of(kind_at(kinds, table))
        prefix = variable_of(table).removeprefix(PREFIX) + "_"
        if item is None or not loose.startswith(prefix):
            continue
        rest = loose[len(prefix) :]
        below = sorted((path for path in _paths(item)), key=lambda path: -sum(map(len, path))) if rest else []
        for path in (*below, ()):
            tail = "_" + variable_of(path).removeprefix(PREFIX) if path else ""
            if rest.endswith(tail) and len(rest) > len(tail):
                found.append((*table, _key(rest[: len(rest) - len(tail)], table, under), *path))
                break
    return found


def _key(name: str, table: Path, under: Node) -> str:
    """A variable has no case: the key's own, where a lower layer knows it, else lower case."""
    node: Any = under
    for part in table:
        node = node.get(part, {}) if isinstance(node, dict) else {}
    keys = node if isinstance(node, dict) else {}
    return next((key for key in keys if variable_of((key,)) == PREFIX + name), name.lower())


def _is_other(own: str) -> bool:
    return own in _OTHERS or own.startswith(_OTHER_PREFIXES) or _LINKS.fullmatch(own) is not None


def _is_left(variable: str, elsewhere: Collection[str] | None) -> bool:
    if elsewhere is None:
        return variable.upper().startswith(f"{PREFIX}MODULES_")
    return any(may_set(variable, module) for module in elsewhere)


def may_set(variable: str, module: str) -> bool:
    """Whether a variable's name begins like those of a module's section."""
    own = variable_of(("modules", module)).removeprefix(PREFIX)
    return f"{variable.removeprefix(PREFIX).upper()}_".replace("__", "_").startswith(f"{own}_")
