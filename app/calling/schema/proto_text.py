"""Writes a file descriptor as the text of a .proto: deterministic, with doc comments, reserved numbers and names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    MethodOptions,
    ServiceDescriptorProto,
)

from .lock import MAX_NUMBER

_IDEMPOTENCY = {number: name for name, number in MethodOptions.IdempotencyLevel.items()}
_SCALARS = {number: name[5:].lower() for name, number in FieldDescriptorProto.Type.items()}


def proto_text(file: FileDescriptorProto, docs: Mapping[str, str], title: str) -> str:
    """The .proto that says a file descriptor. docs: comments by full name (`shop.Product.price`); title: the first line."""
    return "\n".join(_Writer(file, docs).lines(title)) + "\n"


class _Writer:
    def __init__(self, file: FileDescriptorProto, docs: Mapping[str, str]) -> None:
        self._file, self._docs = file, docs
        parts = file.package.split(".")
        self._symbols = {".".join(parts[: n + 1]) for n in range(len(parts))}
        self._collect(file.package, file.message_type, file.enum_type)
        for service in file.service:  # what is imported stands in scope, too
            self._symbols |= {method.input_type[1:] for method in service.method}
            self._symbols |= {method.output_type[1:] for method in service.method}

    def _collect(self, scope: str, messages: Sequence[DescriptorProto], enums: Sequence[EnumDescriptorProto]) -> None:
        for enum in enums:
            self._symbols.add(_join(scope, enum.name))
        for message in messages:
            name = _join(scope, message.name)
            self._symbols.add(name)
            self._symbols |= {one.type_name[1:] for one in message.field if one.type_name}
            self._collect(name, message.nested_type, message.enum_type)

    def lines(self, title: str) -> Iterator[str]:
        file = self._file
        yield from (f"// {line}".rstrip() for line in title.splitlines())
        yield 'syntax = "proto3";'
        if file.package:
            yield ""
            yield f"package {file.package};"
        if file.dependency:
            yield ""
            yield from (f'import "{path}";' for path in file.dependency)
        for service in file.service:
            yield ""
            yield from self._service(service)
        for message in file.message_type:
            yield ""
            yield from self._message(message, file.package, "")
        for enum in file.enum_type:
            yield ""
            yield from self._enum(enum, file.package, "")

    def _service(self, service: ServiceDescriptorProto) -> Iterator[str]:
        name = _join(self._file.package, service.name)
        yield from self._doc(name, "")
        yield f"service {service.name} {{"
        for n, method in enumerate(service.method):
            if n:
                yield ""
            yield from self._doc(f"{name}.{method.name}", "  ")
            taken = ("stream " if method.client_streaming else "") + self._short(method.input_type, name)
            given = ("stream " if method.server_streaming else "") + self._short(method.output_type, name)
            head = f"  rpc {method.name}({taken}) returns ({given})"
            if method.options.HasField("idempotency_level"):
                yield f"{head} {{"
                yield f"    option idempotency_level = {_IDEMPOTENCY[method.options.idempotency_level]};"
                yield "  }"
            else:
                yield f"{head};"
        yield "}"

    def _message(self, message: DescriptorProto, scope: str, lead: str) -> Iterator[str]:
        name = _join(scope, message.name)
        inner = f"{lead}  "
        yield from self._doc(name, lead)
        body = list(self._body(message, name, inner))
        if body and not body[-1]:
            body.pop()
        if not body:
            yield f"{lead}message {message.name} {{}}"
            return
        yield f"{lead}message {message.name} {{"
        yield from body
        yield f"{lead}}}"

    def _body(self, message: DescriptorProto, name: str, lead: str) -> Iterator[str]:
        ranges = [(one.start, one.end - 1) for one in message.reserved_range]
        yield from _reserved(ranges, message.reserved_name, MAX_NUMBER, lead)
        entries = {_join(name, one.name): one for one in message.nested_type if one.options.map_entry}
        written: set[int] = set()
        for one in message.field:
            if not one.HasField("oneof_index") or one.proto3_optional:
                yield from self._field(one, name, entries, lead)
            elif one.oneof_index not in written:
                written.add(one.oneof_index)
                oneof = message.oneof_decl[one.oneof_index].name
                yield from self._doc(f"{name}.{oneof}", lead)
                yield f"{lead}oneof {oneof} {{"
                for member in message.field:
                    if member.HasField("oneof_index") and member.oneof_index == one.oneof_index:
                        yield from self._field(member, name, entries, f"{lead}  ")
                yield f"{lead}}}"
        for nested in message.nested_type:
            if not nested.options.map_entry:
                yield ""
                yield from self._message(nested, name, lead)
        for enum in message.enum_type:
            yield ""
            yield from self._enum(enum, name, lead)

    def _field(
        self, one: FieldDescriptorProto, scope: str, entries: Mapping[str, DescriptorProto], lead: str
    ) -> Iterator[str]:
        yield from self._doc(f"{scope}.{one.name}", lead)
        entry = entries.get(one.type_name[1:])
        if entry is not None:
            key, value = (self._type(part, scope) for part in entry.field)
            yield f"{lead}map<{key}, {value}> {one.name} = {one.number};"
            return
        word = ""
        if one.label == FieldDescriptorProto.LABEL_REPEATED:
            word = "repeated "
        elif one.proto3_optional:
            word = "optional "
        yield f"{lead}{word}{self._type(one, scope)} {one.name} = {one.number};"

    def _enum(self, enum: EnumDescriptorProto, scope: str, lead: str) -> Iterator[str]:
        name = _join(scope, enum.name)
        inner = f"{lead}  "
        yield from self._doc(name, lead)
        yield f"{lead}enum {enum.name} {{"
        if enum.options.allow_alias:
            yield f"{inner}option allow_alias = true;"
        ranges = [(one.start, one.end) for one in enum.reserved_range]
        yield from _reserved(ranges, enum.reserved_name, 2**31 - 1, inner)
        for value in enum.value:
            yield from self._doc(f"{name}.{value.name}", inner)
            yield f"{inner}{value.name} = {value.number};"
        yield f"{lead}}}"

    def _doc(self, name: str, lead: str) -> Iterator[str]:
        for line in self._docs.get(name, "").splitlines():
            yield f"{lead}// {line}".rstrip()

    def _type(self, one: FieldDescriptorProto, scope: str) -> str:
        return self._short(one.type_name, scope) if one.type_name else _SCALARS[one.type]

    def _short(self, type_name: str, scope: str) -> str:
        """A type's name as short as protobuf's scoping lets it be, seen from `scope`."""
        full = type_name.removeprefix(".")
        package = self._file.package
        short = full.removeprefix(f"{package}.") if package else full
        first = short.partition(".")[0]
        while True:
            seen = _join(scope, first)
            if seen in self._symbols:
                return short if _join(scope, short) == full else f".{full}"
            if not scope:
                return short if short == full else f".{full}"
            scope = scope.rpartition(".")[0]


def _reserved(ranges: Sequence[tuple[int, int]], names: Sequence[str], most: int, lead: str) -> Iterator[str]:
    if ranges:
        parts = [f"{low}" if low == high else f"{low} to {'max' if high >= most else high}" for low, high in ranges]
        yield f"{lead}reserved {', '.join(parts)};"
    if names:
        quoted = [f'"{name}"' for name in names]
        yield f"{lead}reserved {', '.join(quoted)};"
    if ranges or names:
        yield ""


def _join(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name
