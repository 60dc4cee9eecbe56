"""Discovery: which modules there are. Names come from the file system; code is imported when it is asked for."""

from __future__ import annotations

import importlib
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from ..module.contract import Contract, Export
from ..module.declaration import Module
from ..module.message import home_of
from ..module.settings import Settings
from ..telling.drawing import near_misses
from ..telling.refusals import Refused, Site
from ..telling.refusals.placing import ModuleUnreadable, NoModuleValue, UnknownModule

_DECLARES = re.compile(r"^module\b[^=\n]*=", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a module lives: its Python modules, empty where it has none, and the file that declares it."""

    declaration: str
    contracts: str
    file: str


@dataclass(frozen=True)
class Found:
    """The modules by name. `names` are those that can be placed; others only declare contracts, of foreign services."""

    names: tuple[str, ...]
    _places: Mapping[str, _Place] = field(repr=False)
    _root: Path | None = field(default=None, repr=False)
    _loaded: dict[str, Module] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, modules: Iterable[Module]) -> Found:
        """Modules that are at hand as values, such as those of a test."""
        loaded = {module.name: module for module in modules}
        places = {name: _Place(module.source, "", module.site.file) for name, module in loaded.items()}
        return cls(tuple(loaded), places, None, loaded)

    @property
    def packages(self) -> tuple[str, ...]:
        """All names, those that only declare contracts included."""
        return tuple(self._places)

    def load(self, name: str) -> Module:
        """A module's declaration; imports it. Raises Refused (UnknownModule, ModuleUnreadable, NoModuleValue)."""
        if (module := self._loaded.get(name)) is not None:
            return module
        if name not in self.names:
            near = near_misses(name, self.names)
            raise Refused([UnknownModule(module=name, where="the plan", known=self.names, near=near)])
        place = self._places[name]
        value = getattr(self._import(name, place.declaration), "module", None)
        if not isinstance(value, Module):
            why, cure = "declares no Module", f"write `module = Module(…)` in {Path(place.file).name}"
            raise Refused([NoModuleValue(module=name, why=why, cure=cure, sites=(Site(place.file, 1),))])
        if value.name != name:
            why, cure = f"calls itself `{value.name}`", f"leave out name=, or call its folder `{value.name}`"
            raise Refused([NoModuleValue(module=name, why=why, cure=cure, sites=(value.site,))])
        self._loaded[name] = value
        return value

    def contracts(self, name: str) -> tuple[type[Contract], ...]:
        """The contracts that a module declares, without importing what answers them; of a module that is at hand as a
        value, those that it exports. Raises Refused (ModuleUnreadable)."""
        place = self._places[name]
        if not place.contracts:
            return exported(self._loaded[name]) if name in self._loaded else ()
        imported = self._import(name, place.contracts)
        return tuple(
            value
            for value in vars(imported).values()
            if isinstance(value, type)
            and Contract in value.__bases__
            and (value.__module__ == place.contracts or value.__module__.startswith(f"{place.contracts}."))
        )

    def owner(self, contract: type[Contract], *, known: bool = False) -> str | None:
        """The module that answers a contract: the one whose package declares it, unless its exports say otherwise.
        None where no module does. May have to import the modules to know; with `known` it does not."""
        home = home_of(contract.__module__)
        if home in self.names and home not in self._loaded:
            return home
        for name in sorted(self.names, key=lambda name: (name != home, name not in self._loaded)):
            if (not known or name in self._loaded) and contract in exported(self.load(name)):
                return name
        return None

    def settings(self, *names: str) -> dict[str, type[Settings] | None]:
        """The Settings classes of modules and their children, by name; None for one that takes none. Imports them."""
        return {module.name: module.settings for name in names for module in family(self.load(name))}

    def site(self, name: str) -> Site:
        """Where a module is declared."""
        module = self._loaded.get(name)
        return module.site if module is not None else Site(self._places[name].file, 1, name)

    def _import(self, name: str, dotted: str) -> ModuleType:
        if self._root is not None and str(self._root) not in sys.path:
            sys.path.insert(0, str(self._root))
        if self._root is not None:
            _claim(dotted.partition(".")[0], self._root)
        try:
            imported = importlib.import_module(dotted)
        except Refused:
            raise
        except Exception as error:
            raise Refused([_unreadable(name, dotted, self._places[name].file, error)]) from error
        file, wanted = getattr(imported, "__file__", None), self._places[name].file
        if self._root is not None and file and not Path(file).resolve().is_relative_to(self._root):
            said = f"no error, but is {file}: another project's package of that name is imported already"
            raise Refused([ModuleUnreadable(module=name, imported=dotted, error=said, sites=(Site(wanted, 1),))])
        return imported


def _claim(package: str, root: Path) -> None:
    """A folder without an __init__.py would lose its name to any installed package that is called the same, such as
    `modules` of whatever project this host is installed from."""
    folder = root / package
    if package not in sys.modules and folder.is_dir() and not (folder / "__init__.py").is_file():
        spec = ModuleSpec(package, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        sys.modules[package] = module_from_spec(spec)


def find(root: Path, package: str = "modules") -> Found:
    """The modules below `root/package`: packages with a module.py, or with only a contract.py; and single files.
    Imports nothing."""
    root = root.resolve()
    places: dict[str, _Place] = {}
    names: list[str] = []
    folder = root / package
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = entry.stem if entry.suffix == ".py" else entry.name
        if name.startswith(("_", ".")) or not name.isidentifier():
            continue
        whole = f"{package}.{name}"
        if entry.is_dir():
            declaration, contract = entry / "module.py", entry / "contract.py"
            has_contract = contract.is_file() or (entry / "contract" / "__init__.py").is_file()
            if not (declaration.is_file() or has_contract):
                continue
            file = declaration if declaration.is_file() else contract
            places[name] = _Place(f"{whole}.module", f"{whole}.contract" if has_contract else "", str(file))
            if declaration.is_file():
                names.append(name)
        elif entry.suffix == ".py":
            places[name] = _Place(whole, whole, str(entry))
            if _DECLARES.search(entry.read_text(encoding="utf-8", errors="replace")):
                names.append(name)
    return Found(tuple(names), places, root)


def family(module: Module) -> Iterator[Module]:
    """A module and its children, theirs included, each once. What is no module is skipped: the graph refuses it."""
    seen: set[int] = set()
    pending: list[Any] = [module]
    while pending:
        member = pending.pop()
        if isinstance(member, Module) and id(member) not in seen:
            seen.add(id(member))
            yield member
            pending += reversed(listed(member, "modules"))


def listed(module: Module, declared: str) -> Sequence[Any]:
    """What a module lists under a name; nothing where that is no list, which the graph refuses."""
    entries = getattr(module, declared)
    return entries if isinstance(entries, (list, tuple)) else ()


def exports(module: Module) -> Iterator[Export]:
    """The exports of a module and its children."""
    for member in family(module):
        for export in listed(member, "exports"):
            if isinstance(export, Export):
                yield export


def exported(module: Module) -> tuple[type[Contract], ...]:
    """The contracts that a module and its children export, each once."""
    return tuple(dict.fromkeys(export.contract.__contract__ for export in exports(module)))


def _unreadable(name: str, dotted: str, file: str, error: Exception) -> ModuleUnreadable:
    """The refusal for a failed import, with the innermost line that is the project's own."""
    site = Site(file, 1)
    frames: Sequence[traceback.FrameSummary] = traceback.extract_tb(error.__traceback__)
    for frame in frames:
        if "importlib" not in frame.filename and frame.filename != __file__:
            site = Site(frame.filename, frame.lineno or 0)
    if isinstance(error, SyntaxError) and error.filename:
        site = Site(error.filename, error.lineno or 0)
    said = f"{type(error).__name__}: {error}".splitlines()[0]
    return ModuleUnreadable(module=name, imported=dotted, error=said, sites=(site,))
