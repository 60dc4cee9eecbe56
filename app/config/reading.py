"""`load`: all layers into a Config, or one Refused with everything that is wrong in any of them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ..module.settings import Settings, SettingsMeta
from ..telling.drawing import near_misses
from ..telling.refusals import Refusal, Refused
from ..telling.refusals.settings import NoSettings, UnknownKey, UnknownModuleSection
from . import sections as own
from .filling import fill, unknown_keys
from .kinds import fields_of, is_secret, item_of, section_of
from .layers import evaluate, read_files
from .origin import DEFAULT, MASK, Leaf, Node, Origin, dotted, merge, origin_of, shown
from .variables import PREFIX, Options, may_set, options_of, read_options, read_variables

S = TypeVar("S", bound=Settings)
Modules = Mapping[str, type[Settings] | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One key: its value for people, secrets masked, and where it came from."""

    key: str
    value: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class _Given:
    """The layers above the files, kept for modules whose keys become known later."""

    environ: Mapping[str, str] = field(repr=False)
    options: Options = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Config:
    """The configuration of one environment: typed sections of the host, and `module` for those of modules."""

    environment: str
    root: Path
    sections: own.Sections = field(repr=False)
    known: frozenset[str] | None = None
    """The names of all modules; None where they are not known."""
    _tree: Node = field(repr=False)
    _given: _Given = field(repr=False)
    _sections: dict[str, Leaf | Node] = field(default_factory=dict, repr=False)
    """The trees of modules whose Settings class is known."""
    _filled: dict[str, Settings] = field(default_factory=dict, repr=False)

    @property
    def http(self) -> own.Http:
        return self.sections.http

    @property
    def grpc(self) -> own.Grpc:
        return self.sections.grpc

    @property
    def management(self) -> own.Management:
        return self.sections.management

    @property
    def data(self) -> own.Data:
        return self.sections.data

    @property
    def log(self) -> own.Log:
        return self.sections.log

    @property
    def database(self) -> own.Database:
        return self.sections.database

    @property
    def calls(self) -> own.Calls:
        return self.sections.calls

    @property
    def life(self) -> own.Life:
        return self.sections.life

    @property
    def deployment(self) -> own.Deployment:
        return self.sections.deployment

    @property
    def peers(self) -> own.Peers:
        return self.sections.peers

    @property
    def identity(self) -> own.Identity:
        return self.sections.identity

    @property
    def tracing(self) -> own.Tracing:
        return self.sections.tracing

    @property
    def data_dir(self) -> Path:
        """The data folder, absolute."""
        return (self.root / self.data.dir).resolve()

    def module(self, name: str, settings: type[S]) -> S:
        """A module's section, converted once. Raises Refused with everything that is wrong in it."""
        filled = self._filled.get(name)
        if type(filled) is not settings:
            refusals: list[Refusal] = []
            filled = fill(settings, self._section(name, settings, refusals), ("modules", name), refusals)
            if refusals:
                raise Refused(refusals)
            self._filled[name] = filled
        return filled  # type: ignore[return-value]  # its class has just been compared

    def refusals(self, modules: Modules) -> list[Refusal]:
        """What is wrong with the sections of these modules; None stands for a module that takes no settings."""
        refusals: list[Refusal] = []
        for name, settings in modules.items():
            if settings is not None:
                before = len(refusals)
                filled = fill(settings, self._section(name, settings, refusals), ("modules", name), refusals)
                if len(refusals) == before:
                    self._filled[name] = filled
            elif (node := self._of_module(name)) != {}:
                refusals.append(NoSettings(module=name, sites=(origin_of(node).site(),)))
        return refusals

    def entries(self, modules: Modules = {}) -> list[Entry]:  # noqa: B006  # never changed
        """Every key with its value and origin: the host's sections, then those of the modules given."""
        found = list(_entries(self.sections, type(self.sections), self._tree, ()))
        for name, settings in modules.items():
            if settings is not None:
                path = ("modules", name)
                found += _entries(self.module(name, settings), settings, self._sections[name], path)
        return found

    def origin(self, *key: str) -> Origin:
        """Where the value of a key came from."""
        node: Any = self._tree
        for part in key:
            node = node.get(part, {}) if isinstance(node, dict) else node
        return origin_of(node) if node else DEFAULT

    def _section(self, name: str, settings: type[Settings], refusals: list[Refusal]) -> Leaf | Node:
        """A module's tree. What variables and options say of it can be read only now that its class is known."""
        if (node := self._sections.get(name)) is not None:
            return node
        given, kinds = self._given, _all_sections({name: settings})
        others = frozenset(self.known or ()) - {name}
        environ = {variable: value for variable, value in given.environ.items() if may_set(variable, name)}
        tree = merge(self._tree, read_variables(environ, kinds, others, self._tree, refusals))
        tree = merge(tree, read_options(options_of(given.options, name), kinds, others, refusals))
        node = evaluate(tree, refusals).get("modules", {}).get(name, {})
        self._sections[name] = node
        return node

    def _of_module(self, name: str) -> Leaf | Node:
        modules = self._tree.get("modules", {})
        return modules.get(name, {}) if isinstance(modules, dict) else {}


def load(
    *,
    root: Path,
    environment: str | None = None,
    overrides: Options = (),
    modules: Modules | Collection[str] | None = None,
    known: Collection[str] | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Config:
    """Read the configuration of a project. Raises Refused with everything that is wrong, in whichever layer.

    environment: by default PANGAEA_ENV, else development. overrides: what `--set` was given.
    modules: Settings classes by module, checked here (None: takes no settings); or only the names of all modules,
    whose sections are then checked when `Config.module` or `Config.refusals` reads them.
    known: the names of all modules, where `modules` gives classes for only some.
    """
    classes: Modules = modules if isinstance(modules, Mapping) else {}
    names = None if modules is None and known is None else frozenset({*(modules or ()), *(known or ())})
    environment = (environment or environ.get("PANGAEA_ENV") or "development").lower()
    refusals: list[Refusal] = []
    kinds = _all_sections(classes)
    elsewhere = None if names is None else names - classes.keys()

    files = read_files(root, environment, fields_of(kinds), refusals)
    tree = merge(files.tree, read_variables(environ, kinds, elsewhere, files.tree, refusals))
    tree = merge(tree, read_options(overrides, kinds, elsewhere, refusals))
    tree = evaluate(tree, refusals)

    refusals += _unknown_in(tree, names)
    for _, table in files.others:
        refusals += _unknown_in(table, names)
        refusals += _unknown_below(kinds, table, ())
    sections = fill(own.Sections, {key: tree[key] for key in fields_of(own.Sections) if key in tree}, (), refusals)
    config = Config(
        environment=environment,
        root=root,
        sections=sections or own.Sections(),
        known=names,
        _tree=tree,
        _given=_Given({name: value for name, value in environ.items() if name.startswith(PREFIX)}, overrides),
    )
    for name, settings in classes.items():
        if settings is not None:
            config._sections[name] = config._of_module(name)
    refusals += config.refusals(classes)
    if refusals:
        raise Refused(dict.fromkeys(refusals))
    return config


def _all_sections(classes: Modules) -> type[msgspec.Struct]:
    """One Struct of everything that can be set: the host's sections, and `modules` with those whose class is known."""
    of_modules = {name: settings for name, settings in classes.items() if settings is not None}
    modules = SettingsMeta("Modules", (Settings,), {"__annotations__": of_modules})
    return SettingsMeta("Everything", (own.Sections,), {"__annotations__": {"modules": modules}})


def _unknown_in(tree: Node, names: frozenset[str] | None) -> list[Refusal]:
    """Sections that do not exist, and sections of modules that do not."""
    known = (*fields_of(own.Sections), "modules")
    found: list[Refusal] = [
        UnknownKey(key=dotted((key,)), known=known, near=near_misses(key, known), sites=(origin_of(node).site(),))
        for key, node in tree.items()
        if key not in known
    ]
    modules = tree.get("modules", {})
    if names is not None and isinstance(modules, dict):
        found += [
            UnknownModuleSection(
                module=name,
                known=tuple(sorted(names)),
                near=near_misses(name, names),
                sites=(origin_of(node).site(),),
            )
            for name, node in modules.items()
            if name not in names
        ]
    return found


def _unknown_below(kind: Any, node: Leaf | Node, path: tuple[str, ...]) -> Iterator[Refusal]:
    """Keys that nobody knows in the tables of environments that are not in force: a typo there waits for its day."""
    if isinstance(node, Leaf):
        return
    section, item = section_of(kind), item_of(kind)
    if section is not None:
        if path and path != ("modules",):
            yield from unknown_keys(section, node, path)
        for key, field_ in fields_of(section).items():
            if key in node:
                yield from _unknown_below(field_.type, node[key], (*path, key))
    elif item is not None:
        for key, below in node.items():
            yield from _unknown_below(item, below, (*path, key))


def _entries(value: Any, kind: Any, node: Leaf | Node, path: tuple[str, ...]) -> Iterator[Entry]:
    section, item = section_of(kind), item_of(kind)
    if section is not None and isinstance(value, section):
        for key, field_ in fields_of(section).items():
            below = node.get(key, {}) if isinstance(node, dict) else node
            yield from _entries(getattr(value, field_.name), field_.type, below, (*path, key))
    elif item is not None and value:
        for key, inner in value.items():
            yield from _entries(inner, item, node.get(key, {}) if isinstance(node, dict) else node, (*path, key))
    else:
        hidden = is_secret(kind) and value is not None
        yield Entry(dotted(path), MASK if hidden else shown(value), origin_of(node) if node else DEFAULT)
