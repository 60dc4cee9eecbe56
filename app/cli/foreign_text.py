"""Writes the Python of an imported contract: messages, enums and contracts, comments as docstrings."""

from __future__ import annotations

import keyword
import textwrap
from collections import Counter
from collections.abc import Iterator

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    MethodDescriptorProto,
    MethodOptions,
    ServiceDescriptorProto,
)

from ..calling.schema.shapes import snake
from ..module.contract import Contract
from .foreign_types import EMPTY, TAKEN, Foreign, join

_Field = FieldDescriptorProto
_SCALARS = {
    "double": ("float", "0.0"), "float": ("Float32", "0.0"), "int64": ("int", "0"), "uint64": ("UInt64", "0"),
    "int32": ("Int32", "0"), "fixed64": ("Fixed64", "0"), "fixed32": ("Fixed32", "0"), "bool": ("bool", "False"),
    "string": ("str", '""'), "bytes": ("bytes", 'b""'), "uint32": ("UInt32", "0"), "sfixed32": ("SFixed32", "0"),
    "sfixed64": ("SFixed64", "0"), "sint32": ("SInt32", "0"), "sint64": ("SInt64", "0"),
}  # fmt: skip
_OURS = {"google.protobuf.Timestamp": "datetime.datetime", "google.protobuf.Duration": "datetime.timedelta"}
_FACE = ("Contract", "Fixed32", "Fixed64", "Float32", "Int32", "Message", "OneOf", "SFixed32", "SFixed64", "SInt32",
         "SInt64", "UInt32", "UInt64", "command", "query")  # fmt: skip


def contract_text(foreign: Foreign, file_name: str) -> str:
    """The text of contract.py for what was gathered."""
    return _Text(foreign).text(file_name)


class _Text:
    def __init__(self, foreign: Foreign) -> None:
        self._foreign = foreign
        self._tags = dict(self._unions())

    def text(self, file_name: str) -> str:
        foreign = self._foreign
        blocks = [list(self._enum(name, enum)) for name, enum in foreign.enums.items()]
        blocks += [list(self._message(name, message)) for name, message in foreign.messages.items()]
        blocks += [list(self._service(name, service)) for name, service in foreign.services.items()]
        body = "\n\n\n".join("\n".join(block) for block in blocks)
        title = _doc(f"What {file_name} declares; its names and numbers are kept by the .proto beside this file.", "")
        return "\n".join([*title, "", *self._imports(body), "", "", body, ""])

    def _imports(self, body: str) -> Iterator[str]:
        code = body
        yield "from __future__ import annotations"
        standard = [("import datetime", "datetime."), ("from collections.abc import {}", ""),
                    ("from enum import Enum", "(Enum)"), ("from typing import Annotated", "Annotated[")]  # fmt: skip
        abc = ", ".join(name for name in ("AsyncIterator", "Mapping") if f"{name}[" in code)
        lines = [line for line, sign in standard if sign and sign in code]
        if abc:
            lines.append(f"from collections.abc import {abc}")
        if lines:
            yield ""
            yield from sorted(lines, key=lambda line: (not line.startswith("import"), line.split()[1]))
        words = set(code.replace("(", " ").replace("[", " ").replace(",", " ").replace(")", " ").replace("@", " ")
                    .replace("]", " ").split())  # fmt: skip
        used = [name for name in _FACE if name in words]
        yield ""
        line = f"from app import {', '.join(used)}"
        if len(line) <= 120:
            yield line
        else:
            yield "from app import ("
            yield from (f"    {name}," for name in used)
            yield ")"

    def _enum(self, name: str, enum: EnumDescriptorProto) -> Iterator[str]:
        called = self._foreign.names[name]
        doc = self._foreign.docs.get(name, "")
        yield f"class {called}(Enum):"
        if doc:
            yield from _doc(doc, "    ")
            yield ""
        if self._natural(name) != name:
            yield f'    __proto__ = "{name}"'
            yield ""
        prefix = f"{snake(enum.name).upper()}_"
        short = all(_member(value.name.removeprefix(prefix)) and value.name.startswith(prefix) for value in enum.value)
        for value in enum.value:
            member = value.name.removeprefix(prefix) if short else value.name
            if not _member(member):
                member += "_"
            yield f"    {member} = {value.number}"
            yield from _doc(self._foreign.docs.get(join(name, value.name), ""), "    ")

    def _message(self, name: str, message: DescriptorProto) -> Iterator[str]:
        options = ["Message"]
        if self._natural(name) != name:
            options.append(f'proto="{name}"')
        if name in self._tags:
            options.append(f'tag="{self._tags[name]}"')
        yield f"class {self._foreign.names[name]}({', '.join(options)}):"
        well_known = f"Stands for {name}." if name.startswith("google.protobuf.") else ""
        doc = list(_doc(self._foreign.docs.get(name, well_known), "    "))
        fields = list(self._fields(name, message))
        yield from doc
        if doc and fields:
            yield ""
        yield from fields
        if not doc and not fields:
            yield "    pass"

    def _fields(self, name: str, message: DescriptorProto) -> Iterator[str]:
        written: set[int] = set()
        for one in message.field:
            doc = self._foreign.docs.get(join(name, one.name), "")
            oneof = one.HasField("oneof_index") and not one.proto3_optional
            if oneof and self._is_union(message, one.oneof_index):
                if one.oneof_index not in written:
                    written.add(one.oneof_index)
                    called = message.oneof_decl[one.oneof_index].name
                    members = [member for member in message.field if member.oneof_index == one.oneof_index
                               and member.HasField("oneof_index") and not member.proto3_optional]  # fmt: skip
                    types = " | ".join(self._foreign.names[member.type_name[1:]] for member in members)
                    yield f"    {_attribute(called, self._foreign)}: {types} | None = None"
                    yield from _doc(self._foreign.docs.get(join(name, called), ""), "    ")
                continue
            yield f"    {_attribute(one.name, self._foreign)}: {self._annotation(name, message, one, oneof)}"
            yield from _doc(doc, "    ")

    def _annotation(self, name: str, message: DescriptorProto, one: FieldDescriptorProto, oneof: bool) -> str:
        entry = next((entry for entry in message.nested_type if one.type_name == f".{name}.{entry.name}"), None)
        if entry is not None and entry.options.map_entry:
            key, value = (self._type(part)[0] for part in entry.field)
            return f"Mapping[{key}, {value}] = {{}}"
        kind, zero = self._type(one)
        if one.label == _Field.LABEL_REPEATED:
            return f"tuple[{kind}, ...] = ()"
        if oneof:
            return f'Annotated[{kind} | None, OneOf("{message.oneof_decl[one.oneof_index].name}")] = None'
        if one.proto3_optional or zero == "None":
            return f"{kind} | None = None"
        return f"{kind} = {zero}"

    def _type(self, one: FieldDescriptorProto) -> tuple[str, str]:
        """A field's type and its zero."""
        full = one.type_name.removeprefix(".")
        if one.type == _Field.TYPE_ENUM:
            called = self._foreign.names[full]
            first = self._foreign.enums[full].value[0]
            prefix = f"{snake(full.rpartition('.')[2]).upper()}_"
            values = self._foreign.enums[full].value
            short = all(_member(v.name.removeprefix(prefix)) and v.name.startswith(prefix) for v in values)
            member = first.name.removeprefix(prefix) if short else first.name
            return called, f"{called}.{member if _member(member) else member + '_'}"
        if full:
            return _OURS.get(full) or self._foreign.names[full], "None"
        return _SCALARS[_Field.Type.Name(one.type)[5:].lower()]

    def _service(self, name: str, service: ServiceDescriptorProto) -> Iterator[str]:
        empty = self._empty(service)
        option = f", empty={self._foreign.names[empty]}" if empty else ""
        yield f'class {self._foreign.names[name]}(Contract, service="{name}"{option}):'
        doc = list(_doc(self._foreign.docs.get(name, ""), "    "))
        yield from doc
        taken: set[str] = set(vars(Contract))
        for n, method in enumerate(service.method):
            if n or doc:
                yield ""
            yield from self._method(name, method, empty, taken)
        if not service.method:
            yield "    pass"

    def _method(self, service: str, method: MethodDescriptorProto, empty: str, taken: set[str]) -> Iterator[str]:
        called = snake(method.name)
        while called in taken or keyword.iskeyword(called):
            called += "_"
        taken.add(called)
        options: list[str] = []
        level = method.options.idempotency_level
        if level == MethodOptions.IDEMPOTENT:
            options.append("idempotent=True")
        if "".join(part[:1].upper() + part[1:] for part in called.split("_")) != method.name:
            options.append(f'name="{method.name}"')
        request, result = method.input_type[1:], method.output_type[1:]
        streams = method.client_streaming, method.server_streaming
        parameters = "self"
        if streams[0]:
            parameters += f", requests: AsyncIterator[{self._foreign.names[request]}]"
        elif request != empty:
            parameters += f", request: {self._foreign.names[request]}"
        if streams[1]:
            answer = f"AsyncIterator[{self._foreign.names[result]}]"
        else:
            answer = "None" if result == (empty or EMPTY) else self._foreign.names[result]
        word = "query" if level == MethodOptions.NO_SIDE_EFFECTS else "command"
        yield f"    @{word}({', '.join(options)})"
        head = f"    {'' if streams[1] else 'async '}def {called}({parameters}) -> {answer}:"
        doc = list(_doc(self._foreign.docs.get(join(service, method.name), ""), "        "))
        yield from [head, *doc, "        ..."] if doc else [f"{head} ..."]

    def _empty(self, service: ServiceDescriptorProto) -> str:
        """The message that stands for nothing, where there is exactly one without fields that is asked with."""
        asked = {
            name
            for method in service.method
            if not method.client_streaming and self._is_empty(name := method.input_type[1:])
        }
        given = {
            name
            for method in service.method
            if not method.server_streaming and self._is_empty(name := method.output_type[1:])
        }
        found = asked | given
        if asked and len(found) == 1:
            return found.pop()
        if len(given) == 1 and EMPTY not in given:
            return given.pop() if not asked else ""
        return ""

    def _is_empty(self, name: str) -> bool:
        return name == EMPTY or not self._foreign.messages[name].field

    def _natural(self, name: str) -> str:
        return join(self._foreign.package, self._foreign.names[name])

    def _unions(self) -> Iterator[tuple[str, str]]:
        """Messages that are found nowhere but in oneofs, and there always under one name: their tag."""
        uses: Counter[str] = Counter()
        members: dict[str, set[str]] = {}
        for service in self._foreign.services.values():
            for method in service.method:
                uses.update((method.input_type[1:], method.output_type[1:]))
        for message in self._foreign.messages.values():
            for owner in (message, *(nested for nested in message.nested_type if nested.options.map_entry)):
                for one in owner.field:
                    in_oneof = one.HasField("oneof_index") and not one.proto3_optional
                    if one.type == _Field.TYPE_MESSAGE and in_oneof:
                        members.setdefault(one.type_name[1:], set()).add(one.name)
                    elif one.type_name:
                        uses[one.type_name[1:]] += 1
        candidates = {
            name: tags.copy().pop()
            for name, tags in members.items()
            if name in self._foreign.messages and not uses[name] and len(tags) == 1
            and self._foreign.packages[name] != "google.protobuf"
            and all(snake(tag) == tag for tag in tags)
            and not any(one.name == "type" for one in self._foreign.messages[name].field)
        }  # fmt: skip
        changed = True
        while changed:  # a oneof is a union only if all of it can be
            changed = False
            for message in self._foreign.messages.values():
                for index in range(len(message.oneof_decl)):
                    inside = [one for one in message.field if one.HasField("oneof_index") and one.oneof_index == index]
                    if inside and not inside[0].proto3_optional and not self._whole(inside, candidates):
                        for one in inside:
                            changed = candidates.pop(one.type_name[1:], None) is not None or changed
        yield from candidates.items()

    @staticmethod
    def _whole(inside: list[FieldDescriptorProto], candidates: dict[str, str]) -> bool:
        types = [one.type_name[1:] for one in inside]
        return len(types) > 1 and len(set(types)) == len(types) and all(kind in candidates for kind in types)

    def _is_union(self, message: DescriptorProto, index: int) -> bool:
        inside = [one for one in message.field if one.HasField("oneof_index") and one.oneof_index == index]
        return self._whole(inside, self._tags)


def _attribute(wire: str, foreign: Foreign) -> str:
    """A field's Python name: with a trailing underscore, which the wire drops, where the bare one would mislead."""
    shadows = wire in TAKEN or wire in foreign.names.values()
    return f"{wire}_" if keyword.iskeyword(wire) or wire.endswith("_") or shadows else wire


def _member(name: str) -> bool:
    """Whether an enum's member can be called so."""
    return name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_") and name != "mro"


def _doc(text: str, lead: str) -> Iterator[str]:
    if not text:
        return
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if text.endswith('"'):
        text += " "
    lines = text.splitlines()
    if len(lines) == 1 and len(lead) + len(text) <= 113:
        yield f'{lead}"""{text}"""'
        return
    if len(lines) == 1:
        lines = textwrap.wrap(text, 116 - len(lead))
    yield f'{lead}"""{lines[0]}'.rstrip()
    yield from (f"{lead}{line}".rstrip() for line in lines[1:])
    yield f'{lead}"""'
