"""Reads the tree without importing it: which files there are, and what each imports and where."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TREES = ("app", "modules", "tests", "benchmarks")


@dataclass(frozen=True, slots=True)
class Import:
    """One import that happens at run time: `module` is absolute, `name` what is taken from it (empty for all)."""

    file: str
    line: int
    module: str
    name: str
    relative: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}{'.' if self.name else ''}{self.name}"


def files(*trees: str) -> list[Path]:
    """Every Python file below these folders of the repository, sorted."""
    return sorted(path for tree in trees or TREES for path in (ROOT / tree).rglob("*.py") if path.is_file())


def shown(path: Path) -> str:
    """The path as people write it: relative to the repository."""
    return path.relative_to(ROOT).as_posix()


def imports(path: Path, root: Path = ROOT) -> list[Import]:
    """What a file imports at run time, at any depth; blocks under `if TYPE_CHECKING` do not count."""
    package = path.relative_to(root).with_suffix("").parts[:-1]
    return list(_found(parsed(path).body, path.relative_to(root).as_posix(), package))


def parsed(path: Path) -> ast.Module:
    """A file's tree. Nothing is collected meanwhile: a finalizer that parses too (to draw a traceback) makes CPython
    3.11.7 miscount its depth and raise SystemError."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(path.read_text())
    finally:
        if collecting:
            gc.enable()


def _found(body: Sequence[ast.AST], file: str, package: tuple[str, ...]) -> Iterator[Import]:
    for node in body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(file, node.lineno, alias.name, "", relative=False)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield Import(file, node.lineno, module, alias.name, relative=bool(node.level))
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _found(node.orelse, file, package)
        else:
            yield from _found(list(ast.iter_child_nodes(node)), file, package)
