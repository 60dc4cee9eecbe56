"""The declaration of a module: one inert `Module(...)` value, and the words that stand in it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ..telling.refusals import Site
from .contract import Export, caller_site
from .message import home_of
from .settings import Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Named:
    """`Annotated[T, Named("x")]` is another key than `T`: two of a type can live side by side."""

    name: str


class Group(Sequence[T], Generic[T]):
    """All values provided into a group, in declared order: ask for `Group[Plugin]`."""

    __slots__ = ("_items",)

    def __init__(self, items: Sequence[T] = ()) -> None:
        self._items = tuple(items)

    def __getitem__(self, index: Any) -> Any:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)


class GroupByName(Mapping[str, T], Generic[T]):
    """The named members of a group, in declared order: ask for `GroupByName[Plugin]`."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, T]) -> None:
        self._items = dict(items)

    def __getitem__(self, key: str) -> T:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


@dataclass(frozen=True, slots=True)
class Provide:
    """A constructor and how what it makes is offered."""

    constructor: Callable[..., Any]
    provides: tuple[Any, ...] = ()
    """Offered as these types instead of as what it is annotated to return."""
    name: str = ""
    group: Any = None
    """The item type of the group that the value joins."""
    private: bool = False
    site: Site = Site("", 0)


@dataclass(frozen=True, slots=True)
class Supply:
    """A value that is there already."""

    value: Any
    provides: tuple[Any, ...] = ()
    name: str = ""
    group: Any = None
    private: bool = False
    site: Site = Site("", 0)


@dataclass(frozen=True, slots=True)
class Decorate:
    """A function that takes a T (and whatever else) and returns the T that this module and its children see."""

    decorator: Callable[..., Any]
    name: str = ""
    site: Site = Site("", 0)


@dataclass(frozen=True, slots=True)
class Invoke:
    """A function that is called once everything is wired, before the start hooks."""

    function: Callable[..., Any]
    site: Site = Site("", 0)


def provide(
    constructor: Callable[..., Any],
    *,
    provides: Any = (),
    name: str = "",
    group: Any = None,
    private: bool = False,
) -> Provide:
    """Offer what a constructor makes: a class, function, async function or (async) generator with annotations.

    provides: an interface, or several, offered instead of the annotated result. name: offered as
    `Annotated[T, Named(name)]`. group: joins `Group[group]` instead. private: seen by this module and its children.
    """
    return Provide(constructor, _types(provides), name, group, private, caller_site(f"provide({_label(constructor)})"))


def supply(value: Any, *, provides: Any = (), name: str = "", group: Any = None, private: bool = False) -> Supply:
    """Offer a value that is there already, under its class or under `provides`."""
    return Supply(value, _types(provides), name, group, private, caller_site(f"supply({type(value).__name__})"))


def decorate(decorator: Callable[..., Any], *, name: str = "") -> Decorate:
    """Wrap a T for the declaring module and its children. Once for each T in a module; a parent's wraps first."""
    return Decorate(decorator, name, caller_site(f"decorate({_label(decorator)})"))


def invoke(function: Callable[..., Any]) -> Invoke:
    """Call a function once everything is wired; child modules' first, in declared order."""
    return Invoke(function, caller_site(f"invoke({_label(function)})"))


@dataclass(frozen=True, eq=False)
class Module:
    """A unit of ownership and of placement, declared. Nothing happens until a host reads it.

    name: by default the package's. settings: the class of its configuration section. provide, supply, decorate,
    invoke: bare callables and values, or the words above for more. modules: children, seen by nobody else but through
    this module. exports: contracts and who answers them. controllers: Litestar controllers, constructed like the rest.
    """

    name: str = ""
    settings: type[Settings] | None = None
    provide: Sequence[Callable[..., Any] | Provide] = ()
    supply: Sequence[Any] = ()
    decorate: Sequence[Callable[..., Any] | Decorate] = ()
    invoke: Sequence[Callable[..., Any] | Invoke] = ()
    modules: Sequence[Module] = ()
    exports: Sequence[Export] = ()
    controllers: Sequence[type[Any]] = ()
    site: Site = field(default=Site("", 0), repr=False)
    source: str = field(default="", repr=False)
    """The Python module that declares it."""

    def __post_init__(self) -> None:
        frame = sys._getframe(2)  # the dataclass's __init__, then the declaration
        object.__setattr__(self, "source", frame.f_globals.get("__name__", ""))
        if not self.name:
            object.__setattr__(self, "name", home_of(self.source))
        if not self.site.file:
            site = Site(frame.f_code.co_filename, frame.f_lineno, f"Module({self.name})")
            object.__setattr__(self, "site", site)


def _types(given: Any) -> tuple[Any, ...]:
    return tuple(given) if isinstance(given, (tuple, list)) else (given,)


def _label(thing: Any) -> str:
    return getattr(thing, "__qualname__", None) or repr(thing)
