"""Compares the schema with an older one from git, by `buf breaking` on descriptor sets."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from ..calling.schema.schema import Schema
from ..telling.refusals import Refused
from ..telling.refusals.contracts import NoBuf, NoComparison

RULES = ("WIRE_JSON", "RPC_NO_DELETE", "PACKAGE_SERVICE_NO_DELETE")
"""What counts as breaking. PACKAGE and FILE would also refuse what is safe for callers: a reserved field's removal,
and a file that moves because a module grew from one file into a package."""
_BROKEN = 100
"""buf's exit code where it found something."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that callers of the older contract would trip over."""

    file: str
    what: str
    rule: str


@dataclass(frozen=True, slots=True)
class Compared:
    """With which ref; empty, and a note saying why, where there was nothing to compare with."""

    ref: str
    broken: tuple[Broken, ...] = ()
    note: str = ""


def compare(root: Path, schema: Schema, against: str = "") -> Compared:
    """Compare with a git ref; by default main, or the last tag where main is checked out.

    Raises Refused (NoComparison) for a ref that was asked for and is not there, and (NoBuf) without the executable.
    """
    if _git(root, "rev-parse", "--is-inside-work-tree") is None:
        if against:
            raise Refused([NoComparison(ref=against, why="there is no git repository here")])
        return Compared("", note="not compared with anything older: there is no git repository here")
    ref = against or _default_ref(root)
    if not ref or _git(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}") is None:
        if against:
            raise Refused([NoComparison(ref=against, why="git knows no such ref")])
        return Compared("", note="not compared with anything older: there is neither a branch main nor a tag")
    listed = _git(root, "ls-tree", "-r", "--name-only", "-z", ref, "--", "modules") or ""
    protos = [path for path in listed.split("\0") if path.endswith(".proto")]
    if not protos:
        return Compared(ref, note=f"{ref} has no contracts yet")
    with tempfile.TemporaryDirectory() as folder:
        older = Path(folder, "older")
        for path in protos:
            target = older / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_git(root, "show", f"{ref}:./{path}") or "", "utf-8")
        newer = Path(folder, "newer.binpb")
        newer.write_bytes(descriptor_set(schema).SerializeToString())
        return _buf(newer, older, ref)


def descriptor_set(schema: Schema) -> FileDescriptorSet:
    """Every file of a schema, imported ones before those that import them."""
    out = FileDescriptorSet()
    out.file.extend(schema.files.values())
    return out


def _buf(newer: Path, older: Path, ref: str) -> Compared:
    settings = json.dumps({"version": "v2", "breaking": {"use": list(RULES)}})
    command = [_executable(), "breaking", str(newer), "--against", str(older), "--error-format", "json"]
    command += ["--config", settings, "--against-config", settings]
    environment = {**os.environ, "BUF_CACHE_DIR": str(newer.parent / "cache")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode not in (0, _BROKEN):
        raise Refused([NoComparison(ref=ref, why=f"buf fails: {' '.join(done.stderr.split())[:300]}")])
    broken: list[Broken] = []
    for line in done.stdout.splitlines():
        said = json.loads(line)
        path = said.get("path", "").replace(f"{older}{os.sep}", "")
        if said.get("type") == "COMPILE":
            why = f"{path}:{said.get('start_line', 0)} there cannot be read, {said['message']}"
            raise Refused([NoComparison(ref=ref, why=why)])
        broken.append(Broken(path, said["message"].rstrip("."), said.get("type", "")))
    return Compared(ref, tuple(broken))


def _executable() -> str:
    beside = shutil.which("buf", path=str(Path(sys.executable).parent))
    found = beside or shutil.which("buf")
    if found is None:
        raise Refused([NoBuf()])
    return found


def _default_ref(root: Path) -> str:
    head = _git(root, "rev-parse", "HEAD")
    for main in ("main", "origin/main"):
        commit = _git(root, "rev-parse", "--verify", "--quiet", f"{main}^{{commit}}")
        if commit is not None and commit != head:
            return main
    tag = _git(root, "describe", "--tags", "--abbrev=0")
    if tag is not None:
        return tag.strip()
    return "main" if _git(root, "rev-parse", "--verify", "--quiet", "main") is not None else ""


def _git(root: Path, *arguments: str) -> str | None:
    """What git says, or None where it fails or is not installed."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None
