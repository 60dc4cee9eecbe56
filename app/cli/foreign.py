"""`pangaea contracts import`: somebody else's .proto, read by protoc, becomes a typed contract with its lock."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from ..calling.schema.descriptors import shown
from ..calling.schema.docs import text_of
from ..calling.schema.lock import parse
from ..calling.schema.proto_text import proto_text
from ..calling.schema.schema import Schema
from ..module.message import home_of
from ..telling.refusals import Refused
from ..telling.refusals.contracts import BadSchema, ContractThere, ForeignUnreadable
from .foreign_text import contract_text
from .foreign_types import Foreign, gather, same

_IMPORT = re.compile(r'^\s*import\s+(?:public\s+|weak\s+)?"([^"]+)"\s*;', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote: the contract, and the locks beside it."""

    contract: Path
    locks: tuple[Path, ...]
    services: tuple[str, ...]


def import_proto(path: Path, into: Path, includes: Sequence[Path] = (), *, replace: bool = False) -> Imported:
    """Write `into`/contract.py and its locks from a .proto, names and numbers kept.

    includes: folders in which its imports are looked for; by default the nearest one above it that has them. Raises
    Refused (ForeignUnreadable) where protoc cannot read it, (ForeignUnsayable) with everything that a contract cannot
    say, and (ContractThere) where a contract would be overwritten without `replace`.
    """
    contract = into / "contract.py"
    if contract.exists() and not replace:
        raise Refused([ContractThere(file=shown(str(contract)))])
    files = compile_foreign(path, includes)
    name = _dotted(into)
    foreign = gather(files, list(files)[-1], home_of(name))  # protoc puts what is imported first
    text = contract_text(foreign, path.name)
    locks = _settle(foreign, text, name)
    into.mkdir(parents=True, exist_ok=True)
    contract.write_text(text, "utf-8")
    written = [contract.with_name(f"contract{suffix}.proto") for suffix in locks]
    for target, lock in zip(written, locks.values(), strict=True):
        target.write_text(lock, "utf-8")
    return Imported(contract, tuple(written), tuple(foreign.services))


def compile_foreign(path: Path, includes: Sequence[Path] = ()) -> dict[str, FileDescriptorProto]:
    """What protoc reads: the file and all that it imports, comments included, by the paths of imports."""
    if not path.is_file():
        raise Refused([ForeignUnreadable(file=str(path), why="there is no such file")])
    if importlib.util.find_spec("grpc_tools") is None:
        raise Refused([ForeignUnreadable(file=str(path), why="protoc is not installed",
                                         cure="run `pip install grpcio-tools`")])  # fmt: skip
    folders = [folder.resolve() for folder in includes] or [_folder_of(path.resolve())]
    home = next((folder for folder in folders if path.resolve().is_relative_to(folder)), path.resolve().parent)
    folders = list(dict.fromkeys([home, *folders]))
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "set.binpb")
        command = [sys.executable, "-m", "grpc_tools.protoc", *(f"-I{folder}" for folder in folders)]
        command += ["--include_imports", "--include_source_info", f"--descriptor_set_out={out}"]
        done = subprocess.run([*command, str(path.resolve())], capture_output=True, text=True, check=False)
        if done.returncode:
            why = " ".join(done.stderr.split()) or "protoc fails"
            raise Refused([ForeignUnreadable(file=str(path), why=why.replace(f"{home}{os.sep}", "")[:400].rstrip("."))])
        return {file.name: file for file in FileDescriptorSet.FromString(out.read_bytes()).file}


def _folder_of(path: Path) -> Path:
    """The nearest folder above a .proto from which its imports can be reached."""
    wanted = [
        name for name in _IMPORT.findall(path.read_text("utf-8", "replace")) if not name.startswith("google/protobuf/")
    ]
    for folder in path.parents:
        if all((folder / name).is_file() for name in wanted):
            return folder
    return path.parent


def _settle(foreign: Foreign, text: str, name: str) -> dict[str, str]:
    """Load the contract on the foreign numbers, compare its descriptors with the foreign ones, and write its locks, by
    what stands between `contract` and `.proto` in their names."""
    merged = foreign.merged()
    locks = {
        _suffix(package, foreign): parse(proto_text(file, foreign.docs, "Theirs.")) for package, file in merged.items()
    }
    texts: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, "contract.py")
        file.write_text(text, "utf-8")
        schema = Schema(lambda path: locks.get(Path(path).name[len("contract") : -len(".proto")]))
        with _loaded(file, name):
            schema.add_source(name)
            for unit in schema.units.values():
                if different := same(merged[unit.package], schema.files[unit.path]):
                    why = f"{different} would differ from what {foreign.main.name} says"
                    raise Refused([BadSchema(file=f"{name}.py", why=why, cure="leave it out of the copy you import")])
                texts[_suffix(unit.package, foreign)] = text_of(schema, unit)
    return texts


def _suffix(package: str, foreign: Foreign) -> str:
    return "" if package == foreign.package else f".{package}"


@contextmanager
def _loaded(file: Path, name: str) -> Generator[None]:
    """Import a file under a name, and forget it again."""
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(name)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
        yield
    finally:
        del sys.modules[name]
        if before is not None:
            sys.modules[name] = before


def _dotted(into: Path) -> str:
    """The Python module that a contract in this folder is: `modules.payments.contract`."""
    parts = into.resolve().parts
    start = len(parts) - 1 - parts[::-1].index("modules") if "modules" in parts else len(parts) - 1
    return ".".join([*parts[start:], "contract"])
