"""The schema of a process: contracts read into one pool of descriptors, and a codec for each of their messages."""

from __future__ import annotations

import graphlib
import importlib
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

from google.protobuf import descriptor_pb2, duration_pb2, empty_pb2, timestamp_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

from ...module.failure import Failure
from ...module.message import Message
from ...module.spec import ContractSpec, MethodSpec
from ...telling.refusals import Refused
from ...telling.refusals.contracts import BadLock, BadSchema
from .codec import Codec, NothingCodec
from .compiling import Compiler
from .descriptors import EMPTY, Unit, make_file, shown
from .lock import Lock, LockReader, UnreadableLock, read_lock
from .reading import Definition, Reading, in_declared_order

M = TypeVar("M", bound=Message)
F = TypeVar("F", bound=Failure)

_BORROWED = tuple(module.DESCRIPTOR for module in (timestamp_pb2, duration_pb2, empty_pb2))
"""The well-known files that our types stand for."""
_WELL_KNOWN = ("any", "struct", "wrappers", "field_mask")
"""More of them, of which a Message may stand for a part: `class FieldMask(Message, proto="google.protobuf.FieldMask")`."""


class Schema:
    """Contracts, read. One for each process; it has a descriptor pool of its own.

    locks: reads the lock at a .proto's path; by default the file itself, beside the Python file. `no_lock` numbers by
    declared order alone.
    """

    def __init__(self, locks: LockReader | None = None) -> None:
        self.pool = DescriptorPool()
        self._locks = locks or read_lock
        self._reading = Reading()
        self._files: dict[str, descriptor_pb2.FileDescriptorProto] = {}
        self._units: dict[str, Unit] = {}
        self._where: dict[str, str] = {}
        """Full name -> the .proto that defines it."""
        self._codecs: dict[Any, Codec[Any]] = {}
        self._numbers: dict[Any, int] = {}
        self._compiler = Compiler(lambda cls: self._numbers.setdefault(cls, len(self._numbers)))
        for borrowed in _BORROWED:
            self._borrow(borrowed)

    def add(self, spec: ContractSpec) -> None:
        """Add a contract, with everything that its Python file declares. Raises Refused with all that is wrong."""
        self.add_all([spec])

    def add_all(self, specs: Iterable[ContractSpec]) -> None:
        """Add several contracts at once: all their refusals come together."""
        reading = self._reading.copy()
        for spec in specs:
            reading.contract(spec)
        self._take(reading)

    def add_source(self, python_module: str) -> None:
        """Add whatever a Python module declares for the wire, be there a contract in it or not."""
        reading = self._reading.copy()
        reading.source(python_module)
        self._take(reading)

    @property
    def specs(self) -> Sequence[ContractSpec]:
        """All contracts that have been read, those of neighbours' files included."""
        return tuple(self._reading.specs.values())

    @property
    def files(self) -> Mapping[str, descriptor_pb2.FileDescriptorProto]:
        """The .proto files by path, well-known ones included."""
        return self._files

    @property
    def units(self) -> Mapping[str, Unit]:
        """What stands behind each file of our own."""
        return self._units

    def full_name(self, cls: type[Any]) -> str:
        """The protobuf name of a Message, a declared Failure or an Enum that has been added. Raises KeyError."""
        return self._reading.by_class[cls].full_name

    def definition(self, cls: type[Any]) -> Definition:
        """What has been read of a Message or a declared Failure that has been added. Raises KeyError for others."""
        return self._define(cls)

    def codec(self, message: type[M]) -> Codec[M]:
        """The codec of a Message that has been added. Raises KeyError for others."""
        found = self._codecs.get(message)
        return cast("Codec[M]", found if found is not None else self._compile(message))

    def failure_codec(self, failure: type[F]) -> Codec[F]:
        """The codec of a declared Failure's fields. Raises KeyError for others, bare kinds among them."""
        found = self._codecs.get(failure)
        return cast("Codec[F]", found if found is not None else self._compile(failure))

    def request_codec(self, method: MethodSpec) -> Codec[Any]:
        """The codec of a method's request, or of each request of its stream."""
        return self.codec(method.request)

    def result_codec(self, method: MethodSpec) -> Codec[Any] | NothingCodec:
        """The codec of a method's result, or of each item of its stream; None travels as an empty message."""
        if method.result is not None:
            return self.codec(method.result)
        empty = method.contract.__empty__
        name = EMPTY if empty is None else self.full_name(empty)
        return NothingCodec(name, self._proto(name))

    def check(self, value: M) -> M:
        """The value as it would arrive remotely. Raises InvalidValue, whose text begins with the field's path."""
        return self.codec(type(value)).check(value)

    def _compile(self, cls: Any) -> Codec[Any]:
        known = self._reading.by_class
        todo, seen = [cls], {cls}
        while todo:
            one = todo.pop()
            definition = self._define(one)
            for field in definition.fields:
                for item in (field.item, *(item for _, item in field.members)):
                    if item is not None and item.kind == "message" and item.python not in seen:
                        seen.add(item.python)
                        todo.append(item.python)
            if one in self._codecs:
                continue
            name = known[one].full_name
            proto = self._proto(name)
            write, read = self._compiler.compile(definition, proto)
            self._codecs[one] = Codec(name, definition, proto, write, read, self._define)
        return self._codecs[cls]

    def _define(self, cls: Any) -> Definition:
        """A class's definition, with the class itself in it: two requests of one name share all but that."""
        definition = self._reading.by_class[cls]
        if definition.python is cls:
            return definition
        return replace(definition, python=cls)

    def _proto(self, full_name: str) -> Any:
        return GetMessageClass(self.pool.FindMessageTypeByName(full_name))

    def _take(self, reading: Reading) -> None:
        """Turn what is fresh into files; nothing is kept of it where something is refused."""
        units = self._plan(reading)  # may borrow a file
        where = dict(self._where)
        for unit in units:
            where |= {one.full_name: unit.path for one in unit.definitions}
        names = {cls: one.full_name for cls, one in reading.by_class.items()}
        refusals = reading.refusals
        made = [] if refusals else [make_file(unit, names, where.__getitem__, refusals) for unit in units]
        if refusals:
            raise Refused(refusals)
        order = graphlib.TopologicalSorter({file.name: set(file.dependency) - set(self._files) for file in made})
        try:
            ordered = list(order.static_order())
        except graphlib.CycleError as cycle:
            raise Refused([BadSchema(file=made[0].name, why=f"files import each other: {' -> '.join(cycle.args[1])}",
                                     cure="move what both need into a third file")]) from None  # fmt: skip
        by_path = {file.name: file for file in made}
        for path in ordered:
            self._put(by_path[path])
        self._files |= {path: by_path[path] for path in ordered}
        self._units |= {unit.path: unit for unit in units}
        self._where, self._reading = where, reading

    def _put(self, file: descriptor_pb2.FileDescriptorProto) -> None:
        try:
            self.pool.AddSerializedFile(file.SerializeToString())
            self.pool.FindFileByName(file.name)
        except (TypeError, ValueError, KeyError) as error:
            raise Refused([BadSchema(file=file.name, why=str(error), cure="rename what collides")]) from None

    def _plan(self, reading: Reading) -> list[Unit]:
        units: dict[tuple[str, str], Unit] = {}

        def unit_of(source: str, package: str) -> Unit:
            key = (source, package)
            if key not in units:
                suffix = "" if package == reading.sources[source] else f".{package}"
                units[key] = self._unit(source, package, suffix, reading)
            return units[key]

        for one in in_declared_order(reading.fresh):
            if one.full_name in self._well_known(one):
                self._compare(one, reading)
                continue
            unit_of(one.source, one.package).definitions.append(one)
        for spec in reading.fresh_specs:
            unit_of(spec.contract.__module__, spec.package).specs.append(spec)
        return list(units.values())

    def _unit(self, source: str, package: str, suffix: str, reading: Reading) -> Unit:
        stem = f"{source.replace('.', '/')}{suffix}"
        path, again = f"{stem}.proto", 2
        while path in self._files:  # a class made inside a function came later
            path, again = f"{stem}.{again}.proto", again + 1
        unit = Unit(path, package, source)
        file = getattr(sys.modules.get(source), "__file__", None)
        if file:
            unit.lock_path = os.path.splitext(file)[0] + f"{suffix}.proto"
            unit.lock = self._lock(unit, reading)
        return unit

    def _lock(self, unit: Unit, reading: Reading) -> Lock | None:
        try:
            lock = self._locks(unit.lock_path)
        except (UnreadableLock, UnicodeDecodeError) as error:
            reading.refusals.append(BadLock(lock=shown(unit.lock_path), why=str(error)))
            return None
        if lock is not None and lock.package != unit.package:
            reading.refusals.append(
                BadLock(lock=shown(unit.lock_path), why=f"its package is {lock.package!r}, not {unit.package!r}")
            )
        return lock

    def _well_known(self, definition: Definition) -> Mapping[str, str]:
        """Where google.protobuf's own messages are defined; a class of ours may stand for one by `proto=`."""
        if definition.package == "google.protobuf":
            for name in _WELL_KNOWN:
                borrowed = importlib.import_module(f"google.protobuf.{name}_pb2").DESCRIPTOR
                if borrowed.name not in self._files:
                    self._borrow(borrowed)
        return self._where

    def _compare(self, definition: Definition, reading: Reading) -> None:
        if definition.kind == "enum":
            return
        theirs = {field.name for field in self.pool.FindMessageTypeByName(definition.full_name).fields}
        ours = {name for one in definition.fields for name in ([m for m, _ in one.members] or [one.wire])}
        if ours != theirs:
            why = f"{definition.python.__name__} stands for {definition.full_name}, whose fields are {', '.join(sorted(theirs))}"
            reading.refusals.append(BadSchema(file=definition.source, why=why, cure="give it exactly these fields",
                                              sites=(definition.site,)))  # fmt: skip

    def _borrow(self, descriptor: Any) -> None:
        file = descriptor_pb2.FileDescriptorProto()
        descriptor.CopyToProto(file)
        self._files[file.name] = file
        self.pool.AddSerializedFile(descriptor.serialized_pb)
        for one in (*file.message_type, *file.enum_type):
            self._where[f"{file.package}.{one.name}"] = file.name
