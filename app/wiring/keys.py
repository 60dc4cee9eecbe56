"""Keys: what a constructor's annotation asks for, in the one form under which it is offered."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Annotated, Any, Iterable, NamedTuple, TypeVar, Union, get_args, get_origin  # noqa: UP035

from ..module.contract import Contract
from ..module.declaration import Group, GroupByName, Named

Key = Any
"""A type (class, alias, Protocol, NewType) or a NamedKey. Always hashable."""


class NamedKey(NamedTuple):
    """The key of `Annotated[T, Named("x")]`."""

    type: Any
    name: str


class NoKey(Exception):
    """The annotation asks for nothing that can be offered; `why` and `cure` say so."""

    def __init__(self, why: str, cure: str, *, unreadable: bool = False, near: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.why, self.cure, self.unreadable, self.near = why, cure, unreadable, near


def key_of(annotation: Any) -> Key:
    """The key that an evaluated annotation asks for; `T | None` asks for T. Raises NoKey."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        if annotation is Any or annotation is object:
            raise NoKey(f"is {annotation.__name__}, which says nothing", "annotate it with the type that is meant")
        if annotation is Group or annotation is GroupByName:
            name = annotation.__name__
            raise NoKey(f"is {name}, which does not say of what", f"write {name}[T] with the type of its members")
        return annotation
    if isinstance(annotation, NamedKey):
        return annotation
    origin = get_origin(annotation)
    if isinstance(origin, type) and origin is not types.UnionType:
        annotation = _modern(annotation)
        if isinstance(annotation, type) and get_origin(annotation) is None:
            return annotation
        origin = get_origin(annotation)
    if origin is Annotated:
        inner, *extras = get_args(annotation)
        inner = key_of(inner)
        for extra in extras:
            if isinstance(extra, Named):
                return NamedKey(inner, extra.name)
        return inner
    if origin is Union or origin is types.UnionType:
        arms = [arm for arm in get_args(annotation) if arm is not type(None)]
        return key_of(arms[0]) if len(arms) == 1 else annotation
    if isinstance(annotation, TypeVar):
        raise NoKey(f"is the type variable {annotation}", "annotate it with a concrete type")
    if annotation is None or not (origin is not None or hasattr(annotation, "__supertype__")):
        raise NoKey(f"is {annotation!r}, which is no type", "annotate it with a type")
    try:
        hash(annotation)
    except TypeError:
        raise NoKey(f"is {annotation!r}, which cannot be a key", "annotate it with a plain type") from None
    return annotation


def _modern(annotation: Any) -> Any:
    """`typing.List[int]` as `list[int]`: two spellings of one key. So inside of other types."""
    origin: Any = get_origin(annotation)
    args = get_args(annotation)
    if not isinstance(origin, type) or origin is types.UnionType:
        return annotation
    old = isinstance(annotation, _Old) and annotation.__module__ == "typing"
    if not args:
        return origin if old else annotation
    modern = tuple([_modern(each) for each in arg] if isinstance(arg, list) else _modern(arg) for arg in args)
    generic: Any = origin
    return generic[modern if len(args) > 1 else next(iter(modern))] if old or modern != args else annotation


_Old: Any = (type(Iterable), type(Iterable[int]))


def named(key: Key, name: str) -> Key:
    """The key under a name, where there is one."""
    if not name:
        return key
    return NamedKey(key.type if isinstance(key, NamedKey) else key, name)


def keyed(mapping: Mapping[Any, Any]) -> dict[Key, Any]:
    """A mapping from annotations as a mapping from keys."""
    return {key_of(annotation): value for annotation, value in mapping.items()}


def group_item(key: Key) -> tuple[type[Any], Key] | None:
    """`(Group, T)` or `(GroupByName, T)` where the key asks for a group."""
    origin = get_origin(key)
    if origin is Group or origin is GroupByName:
        return origin, key_of(get_args(key)[0])
    return None


def is_contract(key: Key) -> bool:
    """Whether a key is a declared contract, rather than a class that answers one."""
    return isinstance(key, type) and issubclass(key, Contract) and Contract in key.__bases__


def show(key: Key) -> str:
    """A key as people write it: `Store`, `Store named 'main'`, `Group[Plugin]`."""
    if isinstance(key, NamedKey):
        return f"{show(key.type)} named {key.name!r}"
    if isinstance(key, type) and get_origin(key) is None:
        return plain(key.__qualname__)
    args = get_args(key)
    origin = get_origin(key)
    if origin is Union or origin is types.UnionType:
        return " | ".join(show(arm) for arm in args)
    if args and isinstance(origin, type):
        return f"{origin.__name__}[{', '.join(_show_arg(arg) for arg in args)}]"
    return getattr(key, "__name__", None) or str(key)


def plain(qualname: str) -> str:
    """A qualified name without the function in which it was written."""
    return qualname.rpartition("<locals>.")[2] if "<" in qualname else qualname


def _show_arg(arg: Any) -> str:
    if isinstance(arg, list):
        return f"[{', '.join(_show_arg(inner) for inner in arg)}]"
    return "..." if arg is ... else show(arg)
