"""protoc, as a test's witness: text of .proto files -> descriptors and classes that we did not make."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto, FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass


def compile_protos(folder: Path, texts: Mapping[str, str]) -> dict[str, FileDescriptorProto]:
    """What protoc makes of these files, by path, imported ones included."""
    for path, text in texts.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    out = folder / "set.binpb"
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{folder}", f"--descriptor_set_out={out}"]
    done = subprocess.run([*command, "--include_imports", *texts], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {file.name: file for file in FileDescriptorSet.FromString(out.read_bytes()).file}


class Classes:
    """Message classes of descriptors, by full name."""

    def __init__(self, files: Mapping[str, FileDescriptorProto]) -> None:
        self._pool = DescriptorPool()
        for file in files.values():
            self._pool.AddSerializedFile(file.SerializeToString())

    def __getitem__(self, full_name: str) -> Any:
        return GetMessageClass(self._pool.FindMessageTypeByName(full_name))


def plain(file: FileDescriptorProto) -> FileDescriptorProto:
    """A copy in which the order of fields and of messages does not count."""
    out = FileDescriptorProto()
    out.CopyFrom(file)
    out.message_type.sort(key=lambda one: one.name)
    out.enum_type.sort(key=lambda one: one.name)
    for message in out.message_type:
        _plain(message)
    return out


def _plain(message: DescriptorProto) -> None:
    message.field.sort(key=lambda one: one.number)
    message.nested_type.sort(key=lambda one: one.name)
    for nested in message.nested_type:
        _plain(nested)
