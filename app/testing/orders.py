"""What a child process is told to run: written to a file by the test, read by the child."""

from __future__ import annotations

import importlib
import importlib.util
import pickle
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from ..module.contract import Contract
from ..module.declaration import Module
from ..telling.refusals import Refusal, Refused
from ..telling.refusals.testing import CannotTravel, OutOfReach
from ..wiring.graph import Replacement
from ..wiring.keys import key_of, show
from .faults import FaultPlan


@dataclass(frozen=True)
class Sent:
    """What is pickled: all that names classes of the test's own."""

    settings: Mapping[str, Any]
    by: Mapping[type[Contract], Any]
    elsewhere: tuple[type[Contract], ...]
    """Contracts that the test's process answers."""
    graph: Mapping[Any, Replacement]
    faults: tuple[FaultPlan, ...]


@dataclass(frozen=True)
class Order:
    """One child's."""

    folder: str
    topology: str
    process: str
    modules: tuple[tuple[str, str], ...]
    """Pairs of the Python module that declares a Pangaea module, and the latter's name."""
    files: Mapping[str, str]
    """Python module -> its file, for those that a child may not find by their names alone."""
    sent: bytes

    def write(self, path: Path) -> None:
        path.write_bytes(pickle.dumps(self))

    @staticmethod
    def read(path: Path) -> Order:
        """The order in a file that our own parent wrote."""
        return pickle.loads(path.read_bytes())

    def declared(self) -> list[Module]:
        """The modules, imported. Raises LookupError."""
        for name, file in self.files.items():
            _reached(name, file)
        return [find(sys.modules[source], name) for source, name in self.modules]

    def opened(self) -> Sent:
        """The rest; after `declared`, since it needs what those import."""
        return pickle.loads(self.sent)


def travelling(modules: Iterable[Module], sent: Sent) -> tuple[dict[str, str], bytes]:
    """The files that a child has to reach, and what is sent, pickled. Raises Refused (OutOfReach, CannotTravel)."""
    refusals: list[Refusal] = []
    sources: dict[str, None] = {}
    for module in modules:
        imported = sys.modules.get(module.source)
        sources[module.source] = None
        if module.source == "__main__":
            why = "it is declared in the program itself"
        elif imported is None or _named(imported, module.name) is None:
            why = "it is declared inside a function"
        else:
            continue
        refusals.append(OutOfReach(module=module.name, why=why, sites=(module.site,)))
    replaced = [(key, replacement.by or replacement.value) for key, replacement in sent.graph.items()]
    for key, value in (*replaced, *sent.by.items()):
        try:
            pickle.dumps((key, value))
        except Exception as error:
            refusals.append(CannotTravel(wanted=show(key_of(key)), why=_first(error)))
        for thing in (key, value, type(value)):
            source = getattr(thing, "__module__", None) or ""
            if source == "__main__":
                refusals.append(CannotTravel(wanted=show(key_of(key)), why="it is declared in the program itself"))
            sources[source] = None
    sources |= dict.fromkeys(contract.__module__ for contract in (*sent.elsewhere, *(f.contract for f in sent.faults)))
    if refusals:
        raise Refused(dict.fromkeys(refusals))
    files = {name: file for name in sources if (file := getattr(sys.modules.get(name), "__file__", None))}
    return files, pickle.dumps(sent)


def find(imported: ModuleType, name: str) -> Module:
    """The module of that name that a Python module declares. Raises LookupError."""
    if (module := _named(imported, name)) is None:
        raise LookupError(f"{imported.__name__} declares no Module named {name!r}")
    return module


def _named(imported: ModuleType, name: str) -> Module | None:
    return next((value for value in vars(imported).values() if isinstance(value, Module) and value.name == name), None)


def _reached(name: str, file: str) -> None:
    """Import a module by its name, or from its file where the name leads nowhere, or elsewhere."""
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        found = None
    if found is not None and found.origin == file:
        importlib.import_module(name)
        return
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise LookupError(f"{name} cannot be imported from {file}")
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])


def _first(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
