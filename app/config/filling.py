"""Fills Settings classes from a tree of values, leaf by leaf, so that everything wrong is found at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec

from ..module.settings import Secret
from ..telling.drawing import near_misses
from ..telling.refusals import Refusal, Site
from ..telling.refusals.settings import BadSection, BadSettingsClass, MissingValue, UnknownKey, WrongValue
from .kinds import bare, described, fields_of, is_secret, item_of, section_of
from .origin import MASK, Leaf, Node, dotted, grow, leaves, masked_url, origin_of, plain, shown

_WRONG = object()


class _Unfillable(Exception):
    """No value of a file or a variable can become this type."""


def fill(
    section: type[msgspec.Struct],
    tree: Leaf | Node,
    path: tuple[str, ...],
    refusals: list[Refusal],
    *,
    unknown: bool = True,
) -> Any:
    """An instance of the section. Appends what is wrong to `refusals`, and then returns None.

    unknown: whether keys that the section does not know are refused.
    """
    if isinstance(tree, Leaf):
        tree = _opened(tree)
        if isinstance(tree, Leaf):
            refusals.append(_wrong(path, section, tree))
            return None
    known = fields_of(section)
    if unknown:
        refusals += unknown_keys(section, tree, path)
    values: dict[str, Any] = {}
    for key, field in known.items():
        if key in tree:
            value = _value(field.type, tree[key], (*path, key), refusals)
            if value is not _WRONG:
                values[field.name] = value
        elif field.required:
            refusals.append(_missing(field.type, (*path, key), section))
    if any(field.name not in values for key, field in known.items() if key in tree or field.required):
        return None
    try:
        return section(**values)
    except (ValueError, TypeError) as error:
        refusals.append(_unfit(section, tree, path, str(error)))
        return None


def unknown_keys(section: type[msgspec.Struct], tree: Node, path: tuple[str, ...]) -> list[Refusal]:
    """A refusal for each key that the section, or one below it, does not know."""
    known = fields_of(section)
    return [
        UnknownKey(
            key=dotted((*path, key)),
            known=tuple(known),
            near=tuple(dotted((*path, near)) for near in near_misses(key, known)),
            sites=(origin_of(below).site(),),
        )
        for key, below in tree.items()
        if key not in known
    ]


def _value(kind: Any, node: Leaf | Node, path: tuple[str, ...], refusals: list[Refusal]) -> Any:
    if isinstance(node, Leaf) and node.value is None and bare(kind) is not kind:
        return None if _accepts_none(kind) else _refuse(refusals, _wrong(path, kind, node))
    if (section := section_of(kind)) is not None:
        if isinstance(node, Leaf) and isinstance(node.value, section):
            return node.value
        before = len(refusals)
        filled = fill(section, node, path, refusals)
        return filled if len(refusals) == before else _WRONG
    item = item_of(kind)
    if item is not None:
        opened = _opened(node) if isinstance(node, Leaf) else node
        if isinstance(opened, dict):
            before = len(refusals)
            table = {key: _value(item, below, (*path, key), refusals) for key, below in opened.items()}
            return table if len(refusals) == before else _WRONG
    try:
        return _converted(kind, node)
    except _Unfillable as error:
        return _refuse(refusals, BadSettingsClass(settings=dotted(path), why=str(error)))
    except (msgspec.ValidationError, ValueError, TypeError) as error:
        if "is not supported" in str(error):
            return _refuse(refusals, BadSettingsClass(settings=dotted(path), why=str(error)))
        return _refuse(refusals, _wrong(path, kind, node))


def _refuse(refusals: list[Refusal], refusal: Refusal) -> Any:
    refusals.append(refusal)
    return _WRONG


def _converted(kind: Any, node: Leaf | Node) -> Any:
    if not (isinstance(node, Leaf) and node.text):
        return _convert(plain(node), kind, strict=True)
    text: str = node.value
    for strict in (True, False):  # text where text is wanted is taken as it stands; then numbers and the like
        try:
            return _convert(text, kind, strict=strict)
        except (msgspec.ValidationError, ValueError, TypeError):
            continue
    return _convert(read_text(text), kind, strict=True)


def _convert(value: Any, kind: Any, *, strict: bool) -> Any:
    def other(wanted: Any, given: Any) -> Any:
        target = get_origin(wanted) or wanted
        if target is Secret:
            if isinstance(given, Secret):
                return given
            inner = get_args(wanted)[0] if get_args(wanted) else str
            return Secret(_convert(given, inner, strict=strict))
        if target is Path and isinstance(given, str | Path):
            return Path(given)
        if target is Path:
            raise TypeError("not a path")
        if isinstance(target, type) and isinstance(given, target):
            return given
        raise _Unfillable(f"nothing that is written can become a {getattr(target, '__name__', target)}")

    return msgspec.convert(value, kind, strict=strict, dec_hook=other)


def read_text(text: str) -> Any:
    """What a text means as TOML or as one of dynaconf's casts (`@json [1, 2]`); the text itself where it is neither."""
    from .by_dynaconf import read_text as read  # dynaconf is imported only where there is something for it to read

    return read(text)


def _opened(leaf: Leaf) -> Leaf | Node:
    """A table that was given as text (`{ port = 1 }`) or as a value, as a tree."""
    value = read_text(leaf.value) if leaf.text else leaf.value
    return grow(value, leaf.origin) if isinstance(value, dict) else leaf


def _accepts_none(kind: Any) -> bool:
    try:
        _convert(None, kind, strict=True)
    except (msgspec.ValidationError, TypeError):
        return False
    return True


def _wrong(path: tuple[str, ...], kind: Any, node: Leaf | Node) -> WrongValue:
    value = plain(node)
    if is_secret(kind):
        got = "something else"
    elif isinstance(value, dict):
        got = "a table"
    elif value == "":
        got = "nothing (an empty text)"
    elif isinstance(node, Leaf) and node.text:
        got = f"`{masked_url(value)}`"
    else:
        got = shown(value)
    return WrongValue(key=dotted(path), expected=described(kind), got=got, sites=(origin_of(node).site(),))


def _missing(kind: Any, path: tuple[str, ...], section: type[msgspec.Struct]) -> MissingValue:
    return MissingValue(
        key=dotted(path),
        expected=described(kind),
        variable=variable_of(path),
        table=dotted(("default", *path[:-1])),
        secret=is_secret(kind),
        sites=(_class_site(section),),
    )


def _unfit(section: type[msgspec.Struct], tree: Node, path: tuple[str, ...], why: str) -> BadSection:
    if is_secret(section):  # the words are the module's own; a secret may have slipped into them
        for leaf in leaves(tree):
            if isinstance(leaf.value, str) and leaf.value:
                why = why.replace(leaf.value, MASK)
    sites = tuple(dict.fromkeys(leaf.origin.site() for leaf in leaves(tree)))
    return BadSection(section=dotted(path), why=why, sites=sites or (_class_site(section),))


def variable_of(path: tuple[str, ...], separator: str = "_") -> str:
    """The environment variable that sets a key."""
    return f"PANGAEA_{separator.join(path)}".replace("-", "_").upper()


def _class_site(section: type[msgspec.Struct]) -> Site:
    import inspect
    import sys

    file = getattr(sys.modules.get(section.__module__), "__file__", None) or ""
    try:
        return Site(file, inspect.getsourcelines(section)[1], section.__qualname__)
    except (OSError, TypeError):
        return Site(file, 0, section.__qualname__)
