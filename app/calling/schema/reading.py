"""Reads what a Python file declares for the wire: its messages, failures, enums and contracts, under their full names."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, get_type_hints

import msgspec

from ...module.contract import Contract
from ...module.failure import Failure
from ...module.message import Message, home_of, wire_name
from ...module.spec import ContractSpec, MethodSpec, site_of, spec_of
from ...telling.refusals import Refusal, Refused, Site
from ...telling.refusals.contracts import BadName, NameTaken, UnreadableField, UnsayableField
from .shapes import Field, Unsayable, is_sayable, read_field


@dataclass(frozen=True, eq=False)
class Definition:
    """One thing that a .proto defines. `python` is its class; `source` the Python module that owns it."""

    full_name: str
    kind: Literal["message", "request", "failure", "enum"]
    python: Any
    source: str
    package: str
    fields: tuple[Field, ...] = ()
    method: MethodSpec | None = None
    """Of a request: the method whose parameters it carries."""

    @property
    def label(self) -> str:
        """What people call it: the class, or the method whose request it is."""
        return self.method.full_name if self.method else self.python.__name__

    @property
    def relative(self) -> str:
        """The name inside its package; `Outer.Inner` where it is nested."""
        return self.full_name[len(self.package) + 1 :] if self.package else self.full_name

    @property
    def site(self) -> Site:
        return self.method.site if self.method else site_of(self.python)


@dataclass
class Reading:
    """Everything read so far. `fresh` lists what the last reading added, in declared order."""

    by_class: dict[Any, Definition] = field(default_factory=dict)
    by_name: dict[str, Definition] = field(default_factory=dict)
    specs: dict[type[Contract], ContractSpec] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    """Python module -> its protobuf package."""
    fresh: list[Definition] = field(default_factory=list)
    fresh_specs: list[ContractSpec] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    _refused: set[Any] = field(default_factory=set)

    def copy(self) -> Reading:
        """Another reading that starts from this one, with nothing fresh."""
        return Reading(dict(self.by_class), dict(self.by_name), dict(self.specs), dict(self.sources))

    def contract(self, spec: ContractSpec) -> None:
        """Read a contract, and with it the whole Python file that declares it."""
        self.source(spec.contract.__module__, spec)
        self._spec(spec)

    def source(self, name: str, spec: ContractSpec | None = None) -> None:
        """Read a whole Python module, once: what its file defines must not depend on who asked first."""
        if name in self.sources:
            return
        module = sys.modules.get(name)
        specs = list(self._contracts(module))
        first = specs[0] if specs else spec
        self.sources[name] = first.package if first is not None else home_of(name)
        for found in specs:
            self._spec(found)
        for cls in _classes(module, name):
            self.read(cls)

    def read(self, cls: Any) -> Definition | None:
        """Read a Message, a Failure or an Enum, and all that its fields hold; None where it is refused."""
        if cls in self.by_class:
            return self.by_class[cls]
        self.source(cls.__module__)
        if cls in self.by_class:
            return self.by_class[cls]
        kind = "enum" if issubclass(cls, Enum) else "failure" if issubclass(cls, Failure) else "message"
        explicit = cls.__dict__.get("__proto__") or ""
        package = self.sources[cls.__module__]
        name = explicit or ".".join(part for part in (package, cls.__qualname__.rpartition("<locals>.")[2]) if part)
        if explicit:
            package = self._package(cls, explicit)
        return self._define(cls, kind, name, package)

    def _package(self, cls: Any, full_name: str) -> str:
        """The package of an explicit name: what comes before it, less the messages of the same file around it."""
        outer = full_name.rpartition(".")[0]
        for other in _classes(sys.modules.get(cls.__module__), cls.__module__):
            if other is not cls and issubclass(other, Message):
                name = other.__proto__ or _join(self.sources[cls.__module__], other.__qualname__)
                if name == outer:
                    return self._package(other, outer) if other.__proto__ else self.sources[cls.__module__]
        return outer

    def _spec(self, spec: ContractSpec) -> None:
        if spec.contract in self.specs:
            return
        self.specs[spec.contract] = spec
        self.fresh_specs.append(spec)
        if not self._sane(spec.service, spec.contract):
            return
        for method in spec.methods.values():
            if method.sole or method.request is spec.contract.__empty__:
                self.read(method.request)
            else:
                name = _join(spec.package, method.request.__name__)
                self._define(method.request, "request", name, spec.package, method)
            if method.result is not None:
                self.read(method.result)
            for failure in method.raises:
                if failure.__own__:
                    self.read(failure)
        if spec.contract.__empty__ is not None:
            self.read(spec.contract.__empty__)

    def _define(
        self, cls: Any, kind: Any, name: str, package: str, method: MethodSpec | None = None
    ) -> Definition | None:
        if cls in self._refused or not self._sane(name, cls):
            return None
        other = self.by_name.get(name)
        definition = Definition(name, kind, cls, cls.__module__, package, method=method)
        if other is not None:
            fields = self._fields(definition)
            if other.kind == kind == "request" and other.source == cls.__module__ and other.fields == fields:
                self.by_class[cls] = other
                return other
            self._refused.add(cls)
            self.refusals.append(NameTaken(name=name, first=_owner(other), second=_owner(definition),
                                           sites=(other.site, definition.site)))  # fmt: skip
            return None
        self.by_class[cls] = self.by_name[name] = definition  # before its fields: messages may hold themselves
        self.fresh.append(definition)
        fields = self._fields(definition)
        object.__setattr__(definition, "fields", fields)
        for item in _items(fields):
            if item.kind in ("message", "enum"):
                self.read(item.python)
        return definition

    def _fields(self, definition: Definition) -> tuple[Field, ...]:
        cls = definition.python
        if definition.kind == "enum":
            return ()
        try:
            declared = list(_failure_fields(cls) if definition.kind == "failure" else _message_fields(cls))
        except Exception as error:  # whatever evaluating an annotation raises
            self.refusals.append(UnreadableField(message=definition.label, why=str(error), sites=(definition.site,)))
            return ()
        fields: list[Field] = []
        taken: set[str] = set()
        for name, wire, annotation, default, factory in declared:
            try:
                found = read_field(name, wire, annotation, default, factory)
                names = [wire, *(member for member, _ in found.members)]
                for one in names:
                    if one in taken:
                        raise Unsayable(f"is {one!r} on the wire, as another one is", "rename one of them")
                    taken.add(one)
            except Unsayable as unsayable:
                self.refusals.append(UnsayableField(message=definition.label, member=name, why=unsayable.why,
                                                    cure=unsayable.cure, sites=(definition.site,)))  # fmt: skip
                continue
            fields.append(found)
        return tuple(fields)

    def _sane(self, name: str, cls: Any) -> bool:
        if all(part.isidentifier() and part.isascii() for part in name.split(".")):
            return True
        self.refusals.append(BadName(name=name, owner=cls.__name__, sites=(site_of(cls),)))
        return False

    def _contracts(self, module: Any) -> Iterator[ContractSpec]:
        if module is None:
            return
        for thing in list(vars(module).values()):
            if isinstance(thing, type) and thing.__module__ == module.__name__ and Contract in thing.__bases__:
                try:
                    yield spec_of(thing)
                except Refused as refused:
                    self.refusals += [refusal for refusal in refused.refusals if refusal not in self.refusals]


def in_declared_order(definitions: list[Definition]) -> list[Definition]:
    """Requests first, then as the Python files have them; what only functions hold comes last."""
    places: dict[Any, int] = {}
    for source in dict.fromkeys(one.source for one in definitions):
        for cls in _classes(sys.modules.get(source), source):
            places[cls] = len(places)
    return sorted(definitions, key=lambda one: (one.kind != "request", places.get(one.python, len(places))))


def _classes(module: Any, name: str) -> Iterator[Any]:
    """The messages, failures and numbered enums that a Python module declares at its top, and those inside messages.

    Names with a leading underscore are left out until something uses them.
    """
    todo = list(vars(module).values()) if module is not None else []
    seen: set[Any] = set()
    while todo:
        thing = todo.pop(0)
        if not isinstance(thing, type) or thing in seen or thing.__module__ != name or thing.__name__.startswith("_"):
            continue
        seen.add(thing)
        if issubclass(thing, Message):
            yield thing
            todo = [inner for inner in vars(thing).values() if isinstance(inner, type)] + todo
        elif (issubclass(thing, Failure) and thing.__own__) or (issubclass(thing, Enum) and is_sayable(thing)):
            yield thing


def _items(fields: tuple[Field, ...]) -> Iterator[Any]:
    for one in fields:
        if one.item is not None:
            yield one.item
        for _, item in one.members:
            yield item


def _message_fields(cls: Any) -> Iterator[tuple[str, str, Any, Any, Any]]:
    hints = get_type_hints(cls, localns={**_inner(cls), cls.__name__: cls}, include_extras=True)
    for declared in msgspec.structs.fields(cls):
        factory = None if declared.default_factory is msgspec.NODEFAULT else declared.default_factory
        wire = declared.encode_name if declared.encode_name != declared.name else wire_name(declared.name)
        yield declared.name, wire, hints[declared.name], declared.default, factory


def _inner(cls: Any) -> dict[str, Any]:
    return {name: thing for name, thing in vars(cls).items() if isinstance(thing, type)}


def _failure_fields(cls: Any) -> Iterator[tuple[str, str, Any, Any, Any]]:
    for name, annotation in cls.field_types().items():
        yield name, wire_name(name), annotation, getattr(cls, name, msgspec.NODEFAULT), None


def _join(package: str, name: str) -> str:
    return f"{package}.{name}" if package else name


def _owner(definition: Definition) -> str:
    if definition.method is not None:
        return f"the request of {definition.method.full_name}"
    return f"{definition.source}.{getattr(definition.python, '__qualname__', definition.relative)}"


def doc_of(cls: Any) -> str:
    """A class's own docstring."""
    return inspect.cleandoc(cls.__dict__.get("__doc__") or "")
