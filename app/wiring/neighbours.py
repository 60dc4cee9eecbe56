"""Names for annotations of what is written inside a function: such classes are in nobody's globals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, get_origin

from ..module.contract import Export, Threaded

if TYPE_CHECKING:
    from .nodes import Scope

_NONE: Mapping[str, Any] = {}


class Neighbours:
    """The classes and functions that modules mention, by the function in which they are written.

    `def test_x(): class A: …; class B: def __init__(self, a: A)` under `from __future__ import annotations` leaves
    B with the text "A", which only its neighbours explain.
    """

    def __init__(self, scopes: Iterable[Scope], extra: Iterable[Any] = ()) -> None:
        self._scopes, self._extra = scopes, extra
        self._by_home: dict[str, dict[str, Any]] | None = None

    def of(self, function: Any) -> Mapping[str, Any]:
        """What stands in the same function; closures count."""
        home, inside, _ = getattr(function, "__qualname__", "").rpartition("<locals>")
        if not inside:
            return _NONE
        if self._by_home is None:
            self._by_home = {}
            self._collect()
        found = dict(self._by_home.get(f"{function.__module__}:{home}", _NONE))
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
            try:
                found[name] = cell.cell_contents
            except ValueError:  # not assigned yet
                continue
        return found

    def _collect(self) -> None:
        for scope in self._scopes:
            module = scope.module
            if module is None:
                continue
            self._add(module.settings)
            for field in ("provide", "supply", "decorate", "invoke", "exports", "controllers"):
                entries = getattr(module, field)
                if isinstance(entries, (list, tuple)):
                    for entry in entries:
                        self._add_entry(entry)
        for thing in self._extra:
            self._add(thing)

    def _add_entry(self, entry: Any) -> None:
        if isinstance(entry, Export):
            self._add(entry.contract)
            for answer in entry.implementations:
                self._add(answer.implementation if isinstance(answer, Threaded) else answer)
            return
        for attribute in ("constructor", "decorator", "function"):
            if (inner := getattr(entry, attribute, None)) is not None and not isinstance(entry, type):
                self._add(inner)
        self._add(entry)
        self._add(type(getattr(entry, "value", None)))
        self._add(getattr(entry, "group", None))
        for offered in getattr(entry, "provides", None) or ():
            self._add(offered)

    def _add(self, thing: Any) -> None:
        if (owner := getattr(thing, "__self__", None)) is not None:  # a method: its class is named beside it
            self._add(owner if isinstance(owner, type) else type(owner))
        thing = get_origin(thing) or thing
        qualname = getattr(thing, "__qualname__", "")
        if "<locals>" not in qualname:
            return
        self._name(thing, qualname)
        if isinstance(thing, type):
            for parent in thing.__mro__[1:-1]:
                if "<locals>" in parent.__qualname__:
                    self._name(parent, parent.__qualname__)

    def _name(self, thing: Any, qualname: str) -> None:
        home, _, name = qualname.rpartition("<locals>")
        assert self._by_home is not None
        self._by_home.setdefault(f"{thing.__module__}:{home}", {})[name[1:]] = thing
