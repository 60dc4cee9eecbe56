"""What a foreign .proto declares, gathered: what is reachable, what a contract cannot say, and what it is called here."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    ServiceDescriptorProto,
)

from ..telling.refusals import Refusal, Refused
from ..telling.refusals.contracts import ForeignUnsayable

OURS = ("google.protobuf.Timestamp", "google.protobuf.Duration")
"""What has a type of its own here."""
EMPTY = "google.protobuf.Empty"
TAKEN = frozenset(
    {"Annotated", "AsyncIterator", "Contract", "Enum", "Fixed32", "Fixed64", "Float32", "Int32", "Mapping", "Message",
     "OneOf", "SFixed32", "SFixed64", "SInt32", "SInt64", "UInt32", "UInt64", "annotations", "command", "datetime",
     "query", "bool", "bytes", "float", "int", "str", "tuple"}
)  # fmt: skip
"""Names that mean something in the file that is written."""


@dataclass
class Foreign:
    """One import: everything that the main file defines, and of the files that it imports what it needs."""

    main: FileDescriptorProto
    files: list[FileDescriptorProto]
    package: str
    """The package of the contracts; the module's name where there are none."""
    messages: dict[str, DescriptorProto] = field(default_factory=dict)
    enums: dict[str, EnumDescriptorProto] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)
    """Full name -> package."""
    names: dict[str, str] = field(default_factory=dict)
    """Full name -> Python name; contracts included."""
    docs: dict[str, str] = field(default_factory=dict)

    @property
    def services(self) -> dict[str, ServiceDescriptorProto]:
        return {join(self.main.package, service.name): service for service in self.main.service}

    def merged(self) -> dict[str, FileDescriptorProto]:
        """One file for each package, without what others import and without options; well-known ones are left out."""
        out: dict[str, FileDescriptorProto] = {}
        for file in self.files:
            for message in file.message_type:
                if join(file.package, message.name) in self.messages and file.package != "google.protobuf":
                    self._of(out, file.package).message_type.add().CopyFrom(message)
            for enum in file.enum_type:
                if join(file.package, enum.name) in self.enums and file.package != "google.protobuf":
                    self._of(out, file.package).enum_type.add().CopyFrom(enum)
        if self.main.service:
            self._of(out, self.main.package).service.extend(self.main.service)
        return out

    @staticmethod
    def _of(out: dict[str, FileDescriptorProto], package: str) -> FileDescriptorProto:
        return out.setdefault(package, FileDescriptorProto(package=package, syntax="proto3"))


def gather(files: Mapping[str, FileDescriptorProto], main: str, home: str) -> Foreign:
    """Gather what a contract of the file `main` needs. Raises Refused with everything that it cannot say."""
    file = files[main]
    foreign = Foreign(file, list(files.values()), file.package if file.service else home)
    tops: dict[str, tuple[FileDescriptorProto, DescriptorProto | EnumDescriptorProto]] = {}
    owners: dict[str, str] = {}
    for one in files.values():
        for top in (*one.message_type, *one.enum_type):
            name = join(one.package, top.name)
            tops[name] = (one, top)
            for inner in _names_within(name, top):
                owners[inner] = name
        if one.package != "google.protobuf":
            foreign.docs |= comments_of(one)
    needed: list[str] = []
    todo = [join(file.package, top.name) for top in (*file.message_type, *file.enum_type)]
    for service in file.service:
        for method in service.method:
            todo += [name[1:] for name in (method.input_type, method.output_type) if name[1:] != EMPTY]
    if any(method.input_type[1:] == EMPTY for service in file.service for method in service.method):
        todo.append(EMPTY)
    while todo:
        top = owners[todo.pop(0)]
        if top in needed or top in OURS:
            continue
        needed.append(top)
        todo += [name for name in _referred(tops[top][1]) if name not in OURS]
    refusals: list[Refusal] = []
    for name in (name for name in tops if name in needed):  # in the order of the files
        owner, top = tops[name]
        _take(foreign, owner, name, top, refusals)
    bare = [(service.name, "has no methods") for service in file.service if not service.method]
    bare += [(extension.name, "is an extension") for extension in file.extension]
    refusals += [ForeignUnsayable(file=file.name, what=join(file.package, name), why=why) for name, why in bare]
    if file.syntax != "proto3":
        refusals = [ForeignUnsayable(file=file.name, what="", why=f"is {file.syntax or 'proto2'}, not proto3")]
    if refusals:
        raise Refused(refusals)
    _call(foreign)
    return foreign


def comments_of(file: FileDescriptorProto) -> dict[str, str]:
    """Comments by full name: those above a thing, or else beside it."""
    docs: dict[str, str] = {}
    for location in file.source_code_info.location:
        comment = location.leading_comments or location.trailing_comments
        name = _at(file, list(location.path)) if comment.strip() else ""
        if name:
            lines = [line.removeprefix(" ").rstrip() for line in comment.strip("\n").splitlines()]
            docs[name] = "\n".join(lines).strip()
    return docs


def same(theirs: FileDescriptorProto, ours: FileDescriptorProto) -> str:
    """The name of the first thing in which two files differ for whoever reads bytes; empty if there is none."""
    left, right = dict(_facts(theirs)), dict(_facts(ours))
    return next((name for name in {**left, **right} if left.get(name) != right.get(name)), "")


def join(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


def _take(
    foreign: Foreign, file: FileDescriptorProto, name: str, top: DescriptorProto | EnumDescriptorProto,
    refusals: list[Refusal],
) -> None:  # fmt: skip
    def refuse(what: str, why: str) -> None:
        refusals.append(ForeignUnsayable(file=file.name, what=what, why=why))

    foreign.packages[name] = file.package
    if file.syntax != "proto3":
        refuse(name, f"stands in a file of {file.syntax or 'proto2'}, not proto3")
        return
    if isinstance(top, EnumDescriptorProto):
        foreign.enums[name] = top
        return
    foreign.messages[name] = top
    for one in top.field:
        if one.name.startswith("__"):
            refuse(f"{name}.{one.name}", "begins with two underscores, which Python's classes change")
        entry = next((entry for entry in top.nested_type if one.type_name == f".{name}.{entry.name}"), None)
        if entry is not None and entry.options.map_entry and entry.field[0].type == FieldDescriptorProto.TYPE_BOOL:
            refuse(f"{name}.{one.name}", "is a map by bool, which no mapping of a Message is")
    for nested in top.nested_type:
        if not nested.options.map_entry:
            _take(foreign, file, join(name, nested.name), nested, refusals)
    for enum in top.enum_type:
        _take(foreign, file, join(name, enum.name), enum, refusals)


def _call(foreign: Foreign) -> None:
    """Give everything a Python name: its own where that is free, longer ones where it is not."""
    used = {*TAKEN, *dir(builtins)}
    for service in foreign.services:
        name = service.rpartition(".")[2]
        foreign.names[service] = f"{name}Contract" if name in used else name
        used.add(foreign.names[service])
    for name in (*foreign.messages, *foreign.enums):
        package = foreign.packages[name]
        relative = name[len(package) + 1 :] if package else name
        called = "".join(part[:1].upper() + part[1:] for part in relative.split("."))
        if called in used or keyword.iskeyword(called):
            called = "".join(part[:1].upper() + part[1:] for part in name.replace("_", ".").split("."))
        while called in used:
            called += "_"
        used.add(called)
        foreign.names[name] = called


def _names_within(name: str, top: DescriptorProto | EnumDescriptorProto) -> Iterator[str]:
    yield name
    if isinstance(top, DescriptorProto):
        for inner in (*top.nested_type, *top.enum_type):
            yield from _names_within(join(name, inner.name), inner)


def _referred(top: DescriptorProto | EnumDescriptorProto) -> Iterator[str]:
    if isinstance(top, DescriptorProto):
        for one in top.field:
            if one.type_name:
                yield one.type_name[1:]
        for nested in top.nested_type:
            yield from _referred(nested)


def _at(file: FileDescriptorProto, path: list[int]) -> str:
    """The full name of what a path of source_code_info points at; empty for what has none."""
    here, scope = file, file.package
    while path:
        if len(path) == 1:
            return ""
        descriptor = here.DESCRIPTOR.fields_by_number.get(path[0])
        if descriptor is None or descriptor.name in ("options", "name"):
            return ""
        here = getattr(here, descriptor.name)[path[1]]
        if not hasattr(here, "name"):
            return ""
        scope = join(scope, here.name)
        path = path[2:]
    return scope if here is not file else ""


def _facts(file: FileDescriptorProto) -> Iterator[tuple[str, object]]:
    for message in file.message_type:
        yield from _message_facts(join(file.package, message.name), message)
    for enum in file.enum_type:
        yield join(file.package, enum.name), {(value.name, value.number) for value in enum.value}
    for service in file.service:
        for method in service.method:
            name = f"{join(file.package, service.name)}.{method.name}"
            level = method.options.idempotency_level
            yield name, (method.input_type, method.output_type, method.client_streaming, method.server_streaming, level)


def _message_facts(name: str, message: DescriptorProto) -> Iterator[tuple[str, object]]:
    oneofs = [oneof.name for oneof in message.oneof_decl]
    yield name, {number for one in message.reserved_range for number in (("low", one.start), ("high", one.end))}
    for one in message.field:
        oneof = oneofs[one.oneof_index] if one.HasField("oneof_index") and not one.proto3_optional else ""
        optional = one.proto3_optional and one.type != FieldDescriptorProto.TYPE_MESSAGE  # messages are so anyway
        yield f"{name}.{one.name}", (one.number, one.label, one.type, one.type_name, oneof, optional)
    for nested in message.nested_type:
        yield from _message_facts(f"{name}.{nested.name}", nested)
    for enum in message.enum_type:
        yield f"{name}.{enum.name}", {(value.name, value.number) for value in enum.value}
