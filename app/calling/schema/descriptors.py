"""Makes file descriptors of definitions: the same that protoc would make of the .proto which `proto_text` writes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    MethodOptions,
)

from ...module.spec import ContractSpec
from ...telling.refusals import Refusal
from ...telling.refusals.contracts import BadSchema, LockBroken
from .lock import Lock
from .numbering import number_fields, number_values
from .reading import Definition
from .shapes import Field, Item

TIMESTAMP, DURATION, EMPTY = (f"google.protobuf.{name}" for name in ("Timestamp", "Duration", "Empty"))
_TYPES = {name[5:].lower(): number for name, number in FieldDescriptorProto.Type.items()}
_MOST_MESSAGE = 2**29


@dataclass
class Unit:
    """One .proto: what a Python file defines in one protobuf package."""

    path: str
    """`modules/catalog/contract.proto`, as other files import it."""
    package: str
    source: str
    """The Python module."""
    definitions: list[Definition] = field(default_factory=list)
    specs: list[ContractSpec] = field(default_factory=list)
    lock: Lock | None = None
    lock_path: str = ""


def make_file(
    unit: Unit, names: Mapping[type, str], file_of: Callable[[str], str], refusals: list[Refusal]
) -> FileDescriptorProto:
    """Describe a unit. `names`: class -> full name; `file_of`: full name -> the .proto that defines it."""
    return _Maker(unit, names, file_of, refusals).make()


class _Maker:
    def __init__(
        self, unit: Unit, names: Mapping[type, str], file_of: Callable[[str], str], refusals: list[Refusal]
    ) -> None:
        self._unit, self._names, self._file_of, self._refusals = unit, names, file_of, refusals
        self._imports: set[str] = set()
        self._made: dict[str, DescriptorProto] = {}

    def make(self) -> FileDescriptorProto:
        unit = self._unit
        file = FileDescriptorProto(name=unit.path, package=unit.package, syntax="proto3")
        definitions = sorted(unit.definitions, key=lambda one: one.relative.count("."))
        for one in definitions:  # the outer before the inner
            outer, _, name = one.relative.rpartition(".")
            home = self._made.get(outer) if outer else file
            if home is None:
                self._refuse_file(f"{one.full_name} is inside {outer}, which this file does not define",
                                  f"define {outer} beside it, or change its `proto=`")  # fmt: skip
            elif one.kind == "enum":
                self._enum(one, name, home.enum_type.add())
            elif isinstance(home, FileDescriptorProto):
                self._message(one, name, home.message_type.add())
            else:
                self._message(one, name, home.nested_type.add())
        for spec in unit.specs:
            self._service(spec, file)
        file.dependency.extend(sorted(self._imports - {unit.path}))
        return file

    def _message(self, definition: Definition, name: str, out: DescriptorProto) -> None:
        self._made[definition.relative] = out
        out.name = name
        wanted: list[tuple[str, str]] = []
        for one in definition.fields:
            if one.holds == "oneof":
                wanted += [(member, self._type_name(item)) for member, item in one.members]
            else:
                wanted.append((one.wire, self._whole_type(one)))
        lock = self._unit.lock.find(definition.relative) if self._unit.lock else None
        numbering = number_fields(definition.relative, wanted, lock, self._unit.package, self._refuse(definition))
        groups = [one.wire if one.holds == "oneof" else one.group for one in definition.fields]
        oneofs = list(dict.fromkeys(group for group in groups if group))
        oneofs += [f"_{one.wire}" for one in definition.fields if one.presence]
        for oneof in oneofs:
            out.oneof_decl.add(name=oneof)
        for one in definition.fields:
            self._fields(one, out, oneofs, numbering.numbers)
        for low, high in numbering.reserved:
            out.reserved_range.add(start=low, end=min(high + 1, _MOST_MESSAGE))
        out.reserved_name.extend(numbering.reserved_names)

    def _fields(self, one: Field, out: DescriptorProto, oneofs: list[str], numbers: Mapping[str, int]) -> None:
        if one.holds == "oneof":
            for member, item in one.members:
                made = self._field(out, member, numbers[member], item)
                made.oneof_index = oneofs.index(one.wire)
            return
        assert one.item is not None
        if one.holds == "map":
            assert one.key is not None
            entry = out.nested_type.add(name=f"{_camel(one.wire, True)}Entry")
            entry.options.map_entry = True
            self._field(entry, "key", 1, one.key)
            self._field(entry, "value", 2, one.item)
            made = out.field.add(name=one.wire, number=numbers[one.wire], json_name=_camel(one.wire))
            made.label, made.type = FieldDescriptorProto.LABEL_REPEATED, FieldDescriptorProto.TYPE_MESSAGE
            made.type_name = f".{self._scope(out)}.{entry.name}"
            return
        made = self._field(out, one.wire, numbers[one.wire], one.item)
        if one.holds == "many":
            made.label = FieldDescriptorProto.LABEL_REPEATED
        if one.group:
            made.oneof_index = oneofs.index(one.group)
        elif one.presence:
            made.proto3_optional = True
            made.oneof_index = oneofs.index(f"_{one.wire}")

    def _field(self, out: DescriptorProto, name: str, number: int, item: Item) -> FieldDescriptorProto:
        made = out.field.add(name=name, number=number, json_name=_camel(name))
        made.label = FieldDescriptorProto.LABEL_OPTIONAL
        if item.proto:
            made.type = _TYPES[item.proto]  # type: ignore[assignment]  # the stubs want the enum's own type
        else:
            made.type = FieldDescriptorProto.TYPE_ENUM if item.kind == "enum" else FieldDescriptorProto.TYPE_MESSAGE
            made.type_name = f".{self._type_name(item)}"
        return made

    def _enum(self, definition: Definition, name: str, out: EnumDescriptorProto) -> None:
        out.name = name
        lock = self._unit.lock.find(definition.relative) if self._unit.lock else None
        numbering = number_values(definition.python, definition.relative, lock, self._refuse(definition))
        for value, number in numbering.numbers.items():
            out.value.add(name=value, number=number)
        if len(set(numbering.numbers.values())) < len(numbering.numbers):
            out.options.allow_alias = True
        for low, high in numbering.reserved:
            out.reserved_range.add(start=low, end=high)  # an enum's ranges include their end
        out.reserved_name.extend(numbering.reserved_names)

    def _service(self, spec: ContractSpec, file: FileDescriptorProto) -> None:
        service = file.service.add(name=spec.service.rpartition(".")[2])
        empty = self._names.get(spec.contract.__empty__, EMPTY) if spec.contract.__empty__ else EMPTY
        for method in spec.methods.values():
            result = empty if method.result is None else self._names.get(method.result, "")
            made = service.method.add(name=method.wire)
            made.input_type = f".{self._import(self._names.get(method.request, ''))}"
            made.output_type = f".{self._import(result)}"
            if method.streams_in:
                made.client_streaming = True
            if method.streams_out:
                made.server_streaming = True
            if method.declaration.effect == "query":
                made.options.idempotency_level = MethodOptions.NO_SIDE_EFFECTS
            elif method.declaration.idempotent:
                made.options.idempotency_level = MethodOptions.IDEMPOTENT

    def _whole_type(self, one: Field) -> str:
        assert one.item is not None
        if one.holds == "map":
            assert one.key is not None
            return f"map<{one.key.proto}, {self._type_name(one.item)}>"
        return f"repeated {self._type_name(one.item)}" if one.holds == "many" else self._type_name(one.item)

    def _type_name(self, item: Item) -> str:
        if item.proto:
            return item.proto
        special = {"timestamp": TIMESTAMP, "duration": DURATION}.get(item.kind)
        return self._import(special or self._names.get(item.python, ""))

    def _import(self, full_name: str) -> str:
        if full_name:
            self._imports.add(self._file_of(full_name))
        return full_name

    def _scope(self, out: DescriptorProto) -> str:
        relative = next(name for name, made in self._made.items() if made is out)
        return f"{self._unit.package}.{relative}" if self._unit.package else relative

    def _refuse(self, definition: Definition) -> Callable[[str, str, str], None]:
        def refuse(what: str, why: str, cure: str) -> None:
            self._refusals.append(
                LockBroken(lock=shown(self._unit.lock_path), what=what, why=why, cure=cure, sites=(definition.site,))
            )

        return refuse

    def _refuse_file(self, why: str, cure: str) -> None:
        self._refusals.append(BadSchema(file=self._unit.source, why=why, cure=cure))


def _camel(name: str, first: bool = False) -> str:
    """`product_id` -> `productId`, as protoc makes JSON names and, with `first`, the names of map entries."""
    out: list[str] = []
    up = first
    for letter in name:
        if letter == "_":
            up = True
            continue
        out.append(letter.upper() if up else letter)
        up = False
    return "".join(out)


def shown(path: str) -> str:
    """A path for people: relative to here where it lies below."""
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative
