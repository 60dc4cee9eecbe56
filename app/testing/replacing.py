"""Replacements: what stands for a type where it is provided, and who answers a contract instead of its module.

A contract goes on being called through its binding, whoever answers: values are checked, failures cross as they would.
A value answers from the test's own process in every topology, so that the test can look at it afterwards; what a
constructor makes takes the place of the module's own implementation, wherever that runs.
"""

from __future__ import annotations

import dataclasses
import inspect
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_type_hints

from ..host.composition import Host
from ..module.contract import Contract, Export, Threaded
from ..module.declaration import Module
from ..module.spec import spec_of
from ..placing.discovery import exported
from ..telling.refusals import Refused, Site
from ..telling.refusals.testing import CannotReplace
from ..telling.refusals.wiring import BadReplacement
from ..wiring.graph import Replacement

STAND_INS = "stand_ins"
"""The module of the test's own process that answers replaced contracts."""

Implementation = type[Any] | Threaded


@dataclass(frozen=True)
class Replacements:
    """What a test replaces. `by`: contracts, by what is made where they were answered; `here`: contracts that the
    test's process answers; `graph`: everything else."""

    by: Mapping[type[Contract], Any] = field(default_factory=dict[type[Contract], Any])
    here: Mapping[type[Contract], Implementation] = field(default_factory=dict[type[Contract], Implementation])
    graph: Mapping[Any, Replacement] = field(default_factory=dict[Any, Replacement])

    @classmethod
    def read(cls, modules: Sequence[Module], given: Mapping[Any, Replacement]) -> Replacements:
        """Sort what is given by what it means. Raises Refused (CannotReplace)."""
        by: dict[type[Contract], Any] = {}
        here: dict[type[Contract], Implementation] = {}
        graph: dict[Any, Replacement] = {}
        answered = {contract for module in modules for contract in exported(module)}
        for key, replacement in given.items():
            if not (isinstance(key, type) and issubclass(key, Contract) and key is not Contract):
                graph[key] = replacement
            elif replacement.by is None:
                here[key.__contract__] = answering(key.__contract__, replacement.value)
            elif key.__contract__ in answered:
                implementation(key.__contract__, replacement.by)  # refused here rather than there
                by[key.__contract__] = replacement.by
            else:
                here[key.__contract__] = implementation(key.__contract__, replacement.by)
        return cls(by, here, graph)

    def applied(self, modules: Iterable[Module]) -> tuple[Module, ...]:
        """The modules with their contracts answered by others, and the module of what this process answers."""
        site = Site(__file__, 1, "replace(…)")
        given = {contract: Export(contract, (implementation(contract, by),), site) for contract, by in self.by.items()}
        changed = tuple(_exporting(module, given, frozenset(self.here)) for module in modules)
        if not self.here:
            return changed
        exports = tuple(Export(contract, (answer,), site) for contract, answer in self.here.items())
        return (*changed, Module(name=STAND_INS, exports=exports, site=site))


def absent(contracts: Iterable[type[Contract]]) -> dict[type[Contract], Implementation]:
    """Stand-ins for what another process answers: never built."""
    return {contract: _answer_class(contract, None) for contract in contracts}


def fitting(host: Callable[[Mapping[Any, Replacement]], Host], given: Mapping[Any, Replacement]) -> dict[Any, Any]:
    """Those replacements that stand for something in this process; that each does in one is known already."""

    def fits(key: Any, replacement: Replacement) -> bool:
        try:
            host({key: replacement}).wire()
        except Refused as refused:
            return not any(isinstance(refusal, BadReplacement) for refusal in refused.refusals)
        return True

    return {key: replacement for key, replacement in given.items() if fits(key, replacement)}


def answering(contract: type[Contract], value: Any) -> Implementation:
    """A class whose instances answer with a value's methods. Raises Refused (CannotReplace)."""
    missing = [name for name in spec_of(contract).methods if not callable(getattr(value, name, None))]
    if isinstance(value, type):
        raise _refused(contract, "is a class", "replace(Contract, by=Class), or give an instance")
    if missing or value is None:
        raise _refused(
            contract,
            f"is {'None' if value is None else f'a {type(value).__name__}'}, which has no {', '.join(missing)}",
            f"write class Fake({contract.__name__}): … with these methods",
        )
    return _answer_class(contract, value)


def implementation(contract: type[Contract], by: Any) -> Implementation:
    """What an export takes for a constructor: itself where it is an implementation, else a class around what it makes.
    Raises Refused (CannotReplace)."""
    if isinstance(by, Threaded) or (isinstance(by, type) and issubclass(by, contract)):
        return by
    if not callable(by) or inspect.iscoroutinefunction(by) or inspect.isgeneratorfunction(by):
        raise _refused(contract, f"is {by!r}, which makes no answer", "give a class or a plain function")
    hints = get_type_hints(by.__init__ if isinstance(by, type) else by, include_extras=True)
    signature = inspect.signature(by)
    known = [parameter.replace(annotation=hints.get(name, parameter.annotation))
             for name, parameter in signature.parameters.items()]  # fmt: skip
    cls = _answer_class(contract, None, by)
    cls.__signature__ = signature.replace(parameters=known, return_annotation=signature.empty)  # type: ignore[attr-defined]
    return cls


def _answer_class(contract: type[Contract], value: Any, make: Callable[..., Any] | None = None) -> type[Any]:
    names = tuple(spec_of(contract).methods)

    def init(self: Any, *args: Any, **given: Any) -> None:
        answer = value if make is None else make(*args, **given)
        for name in names:
            setattr(self, name, getattr(answer, name))

    if make is not None:
        init.__wrapped__ = make  # type: ignore[attr-defined]  # its own signature counts
    space: dict[str, Any] = {name: _copied(vars(contract)[name]) for name in names}
    space |= {"__init__": init, "__module__": __name__, "__doc__": f"Stands for {contract.__name__}."}
    return type(f"StandIn{contract.__name__}", (contract,), space)


def _copied(function: types.FunctionType) -> types.FunctionType:
    """A declaration as a function of its own: the instance's attribute answers, this gives it its shape."""
    copy = types.FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__, copy.__annotations__ = function.__kwdefaults__, function.__annotations__
    return copy


def _exporting(module: Module, given: Mapping[type[Contract], Export], without: frozenset[type[Contract]]) -> Module:
    if not (given or without):
        return module
    exports: dict[type[Contract], Export] = {}
    for export in module.exports:
        contract = export.contract.__contract__
        if contract not in without:
            exports[contract] = given.get(contract, export)
    children = tuple(_exporting(child, given, without) for child in module.modules)
    if tuple(exports.values()) == tuple(module.exports) and children == tuple(module.modules):
        return module
    changed = dataclasses.replace(module, exports=tuple(exports.values()), modules=children)
    object.__setattr__(changed, "source", module.source)
    return changed


def _refused(contract: type[Contract], why: str, cure: str) -> Refused:
    return Refused([CannotReplace(contract=contract.__name__, why=why, cure=cure)])
