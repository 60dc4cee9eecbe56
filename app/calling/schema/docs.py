"""The .proto of a unit, with the words beside the code: docstrings of messages, fields, failures and methods."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto

from ...module.failure import canonical
from .descriptors import Unit
from .proto_text import proto_text
from .reading import Definition, doc_of
from .schema import Schema

MARK = "// Written by `pangaea contracts`"
"""How every file that we wrote begins."""


def text_of(schema: Schema, unit: Unit) -> str:
    """The .proto of one unit of a schema: the lock that belongs beside its Python file."""
    file = schema.files[unit.path]
    python = unit.source.rpartition(".")[2] + ".py"
    title = f"Written by `pangaea contracts` from {python}: the lock of its numbers. Commit it."
    return proto_text(file, docs_of(unit, file), title)


def docs_of(unit: Unit, file: FileDescriptorProto) -> dict[str, str]:
    """Comments by full name, for the descriptor that was made of a unit."""
    value_names = dict(_value_names(file.package, file.enum_type, file.message_type))
    docs: dict[str, str] = {}
    for one in unit.definitions:
        docs[one.full_name] = _words(one)
        for name, doc in _attribute_docs(one.python).items():
            for target in _targets(one, name, value_names):
                docs[f"{one.full_name}.{target}"] = doc
    for spec in unit.specs:
        docs[spec.service] = spec.doc
        for method in spec.methods.values():
            raised = ", ".join(failure.__name__ for failure in method.raises)
            parts = [method.doc, f"Raises {raised}." if raised else ""]
            docs[f"{spec.service}.{method.wire}"] = "\n".join(part for part in parts if part)
    return {name: doc for name, doc in docs.items() if doc}


def _value_names(
    scope: str, enums: Iterable[EnumDescriptorProto], messages: Iterable[DescriptorProto]
) -> Iterator[tuple[str, dict[int, str]]]:
    for enum in enums:
        yield _join(scope, enum.name), {value.number: value.name for value in reversed(enum.value)}
    for message in messages:
        yield from _value_names(_join(scope, message.name), message.enum_type, message.nested_type)


def _join(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


def _words(one: Definition) -> str:
    if one.kind == "request":
        return ""
    doc = doc_of(one.python)
    if one.kind != "failure":
        return doc
    kind = canonical(one.python).kind
    says = one.python.__says__
    line = f"Failure {kind}: {says}" if says else f"Failure {kind}."
    return f"{doc}\n{line}" if doc else line


def _targets(one: Definition, name: str, value_names: Mapping[str, Mapping[int, str]]) -> Iterator[str]:
    if one.kind == "enum":
        member = one.python.__members__.get(name)
        if member is not None:
            yield value_names.get(one.full_name, {}).get(member.value, name)
        return
    for field in one.fields:
        if field.name == name:
            yield field.wire


def _attribute_docs(cls: Any) -> dict[str, str]:
    """The strings that stand below a class's fields, its ancestors' included."""
    docs: dict[str, str] = {}
    for owner in reversed(cls.__mro__):
        module = sys.modules.get(owner.__module__)
        file = getattr(module, "__file__", None)
        if file and owner is not object and (owner.__module__ == cls.__module__ or issubclass(cls, Enum)):
            docs |= _file_docs(file).get(owner.__qualname__.rpartition("<locals>.")[2], {})
    return docs


@lru_cache(maxsize=256)
def _file_docs(file: str) -> dict[str, dict[str, str]]:
    docs: dict[str, dict[str, str]] = {}
    try:
        tree = ast.parse(Path(file).read_text("utf-8"))
    except (OSError, SyntaxError, UnicodeDecodeError):
        return docs
    _walk(tree, "", docs)
    return docs


def _walk(node: ast.AST, scope: str, docs: dict[str, dict[str, str]]) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            name = f"{scope}.{child.name}" if scope else child.name
            docs[name] = dict(_below(child))
            _walk(child, name, docs)
        else:
            _walk(child, scope, docs)


def _below(cls: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for one, after in zip(cls.body, cls.body[1:], strict=False):
        if isinstance(one, ast.AnnAssign):
            target: ast.expr = one.target
        elif isinstance(one, ast.Assign) and len(one.targets) == 1:
            target = one.targets[0]
        else:
            continue
        if isinstance(target, ast.Name) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            text = after.value.value
            if isinstance(text, str):
                yield target.id, inspect.cleandoc(text)
