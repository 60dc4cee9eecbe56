"""What a module needs of others: the contracts that its constructors ask for, read from annotations; builds nothing.

What cannot be read is skipped here: the graph refuses it with its reason.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Union, get_args, get_origin

from ..module.contract import Contract, Export, Threaded
from ..module.declaration import Decorate, Invoke, Module, Provide, Supply
from ..module.spec import site_of
from ..telling.refusals import Site
from .discovery import family, listed

_STORING = f"{__name__.split('.placing', maxsplit=1)[0]}.storing."
"""Siblings do not import each other: whoever asks for a Database is known by where that is defined."""


@dataclass(frozen=True, slots=True)
class Need:
    """A contract that a constructor asks for."""

    contract: type[Contract]
    module: str
    asked_by: str
    """`PlaceOrder(catalog: Catalog)`."""
    optional: bool
    site: Site


def needs(module: Module) -> tuple[Need, ...]:
    """The contracts that a module and its children need, in declared order."""
    offered = _offered(module)
    found: list[Need] = []
    for constructor in _constructors(module):
        for name, annotation, optional in _parameters(constructor):
            contract = _plain(annotation)
            if _is_contract(contract) and contract not in offered:
                written = _written(constructor)
                label = getattr(written, "__qualname__", repr(written)).rpartition("<locals>.")[2]
                asked_by = f"{label}({name}: {contract.__name__})"
                found.append(Need(contract, module.name, asked_by, optional, site_of(written)))
    return tuple(found)


def uses_database(module: Module) -> bool:
    """Whether something in the module asks for a Database."""
    kinds = (_plain(kind) for constructor in _constructors(module) for _, kind, _ in _parameters(constructor))
    return any(getattr(kind, "__module__", "").startswith(_STORING) for kind in kinds if isinstance(kind, type))


def _written(constructor: Any) -> Any:
    """What stands in the source: of a partial, its function."""
    while isinstance(constructor, partial):
        constructor = constructor.func
    return constructor


def _constructors(module: Module) -> Iterator[Callable[..., Any]]:
    for member in family(module):
        for item in listed(member, "provide"):
            yield item.constructor if isinstance(item, Provide) else item
        for item in listed(member, "decorate"):
            yield item.decorator if isinstance(item, Decorate) else item
        for item in listed(member, "invoke"):
            yield item.function if isinstance(item, Invoke) else item
        for export in listed(member, "exports"):
            for item in export.implementations if isinstance(export, Export) else ():
                yield item.implementation if isinstance(item, Threaded) else item
        yield from listed(member, "controllers")


def _offered(module: Module) -> set[Any]:
    """Contracts that the module provides for itself, such as a stand-in: those it does not need of others."""
    offered: set[Any] = set()
    for member in family(module):
        for item in (*listed(member, "provide"), *listed(member, "supply")):
            if isinstance(item, Provide | Supply):
                offered.update(item.provides)
            if isinstance(item, Provide) and not item.provides:
                offered.add(_evaluate(getattr(item.constructor, "__annotations__", {}).get("return"), item.constructor))
            elif inspect.isfunction(item):
                offered.add(_evaluate(item.__annotations__.get("return"), item))
    return {kind for kind in offered if _is_contract(kind)}


def _is_contract(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Contract) and Contract in kind.__bases__


def _parameters(constructor: Callable[..., Any]) -> Iterator[tuple[str, Any, bool]]:
    """Name, type and whether it may be left out, of each parameter that can be read."""
    try:
        parameters = inspect.signature(constructor).parameters.values()
    except (ValueError, TypeError):
        return
    for parameter in parameters:
        if parameter.annotation is parameter.empty:
            continue
        annotation = _evaluate(parameter.annotation, constructor)
        if annotation is not None:
            yield parameter.name, annotation, parameter.default is not parameter.empty


def _evaluate(annotation: Any, constructor: Any) -> Any:
    if not isinstance(annotation, str):
        return annotation
    function = inspect.unwrap(_written(constructor))
    if isinstance(function, type):
        function = function.__init__
    function = getattr(function, "__func__", function)
    local: dict[str, Any] = {}
    code = getattr(function, "__code__", None)
    for name, cell in zip(getattr(code, "co_freevars", ()), getattr(function, "__closure__", None) or (), strict=False):
        try:
            local[name] = cell.cell_contents
        except ValueError:  # not assigned yet
            continue
    space = getattr(function, "__globals__", None)
    if space is None:  # a Struct's or a builtin's
        space = vars(inspect.getmodule(constructor) or types)
    try:
        return eval(annotation, space, local)
    except Exception:  # the graph refuses it and says why
        return None


def _plain(annotation: Any) -> Any:
    """The type inside `Annotated[…]` and `… | None`."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin is Union or origin is types.UnionType:
            rest = [part for part in get_args(annotation) if part is not type(None)]
            if len(rest) != 1:
                return annotation
            annotation = rest[0]
        else:
            return annotation
