"""Who answers which method: slices and whole implementations cover each method of a contract exactly once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..module.contract import Contract, Threaded
from ..module.spec import ContractSpec, MethodSpec, site_of
from ..telling.refusals import Refusal, Refused
from ..telling.refusals.calling import AnsweredTwice, CannotAnswer, Unanswered
from .threads import ThreadedInstance, threaded


def answered_by(spec: ContractSpec, classes: Sequence[type[Any] | Threaded]) -> list[Refusal]:
    """What is wrong with these implementations of a contract; nothing needs to be built for the answer."""
    refusals: list[Refusal] = []
    for name, method in spec.methods.items():
        able = [cls for cls in classes if _function(spec, _plain(cls), name) is not None]
        if not able:
            names = tuple(_plain(cls).__name__ for cls in classes)
            refusals.append(Unanswered(contract=spec.contract.__name__, method=name, classes=names,
                                       sites=(method.site, *(site_of(_plain(cls)) for cls in classes))))  # fmt: skip
        elif len(able) > 1:
            names = tuple(_plain(cls).__name__ for cls in able)
            refusals.append(AnsweredTwice(contract=spec.contract.__name__, method=name, classes=names,
                                          sites=tuple(site_of(_plain(cls)) for cls in able)))  # fmt: skip
    for cls in classes:
        refusals += _unfit(spec, cls)
    return refusals


def methods_of(spec: ContractSpec, implementations: Sequence[Any]) -> Mapping[str, Callable[..., Any]]:
    """The bound methods that answer a contract, by name. Raises Refused where `answered_by` would refuse."""
    classes = [
        Threaded(type(one.instance)) if isinstance(one, ThreadedInstance) else type(one) for one in implementations
    ]
    if refusals := answered_by(spec, classes):
        raise Refused(refusals)
    methods: dict[str, Callable[..., Any]] = {}
    for name, method in spec.methods.items():
        for one in implementations:
            instance = one.instance if isinstance(one, ThreadedInstance) else one
            if _function(spec, type(instance), name) is None:
                continue
            bound = getattr(instance, name)
            methods[name] = threaded(method, bound, one.threads) if isinstance(one, ThreadedInstance) else bound
    return methods


def _plain(cls: type[Any] | Threaded) -> type[Any]:
    return cls.implementation if isinstance(cls, Threaded) else cls


def _function(spec: ContractSpec, cls: type[Any], name: str) -> Callable[..., Any] | None:
    """What a class answers a method with; the contract's own declaration answers nothing."""
    for owner in cls.__mro__:
        if owner is spec.contract or owner is Contract:
            return None
        if name in owner.__dict__:
            return getattr(cls, name)
    return None


def _unfit(spec: ContractSpec, cls: type[Any] | Threaded) -> list[Refusal]:
    plain = _plain(cls)
    wrong: list[Refusal] = []
    answered = 0
    for name, method in spec.methods.items():
        function = _function(spec, plain, name)
        if function is None:
            continue
        answered += 1
        for why, cure in _complaints(method, function, isinstance(cls, Threaded)):
            wrong.append(CannotAnswer(contract=spec.contract.__name__, method=name, by=plain.__name__, why=why,
                                      cure=cure, sites=(site_of(function), method.site)))  # fmt: skip
    if not answered:
        wrong.append(CannotAnswer(contract=spec.contract.__name__, method="", by=plain.__name__,
                                  why="has none of the contract's methods", sites=(site_of(plain),),
                                  cure=f"define one of: {', '.join(spec.methods)}"))  # fmt: skip
    return wrong


def _complaints(method: MethodSpec, function: Callable[..., Any], in_threads: bool) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    inner = inspect.unwrap(function)
    is_async = inspect.iscoroutinefunction(inner) or inspect.isasyncgenfunction(inner)
    if in_threads and is_async:
        found.append(("is async, and runs in threads", "write a plain `def`, or export the class without in_threads"))
    elif not in_threads and not is_async and not method.streams_out and inspect.isfunction(inner):
        found.append(("is a plain `def`", "write `async def`, or export the class by in_threads(…)"))
    elif not in_threads and method.streams_out and inspect.iscoroutinefunction(inner):
        found.append(("returns its stream from an `async def`", "yield the items from it, or make it a plain `def`"))
    if not _fits(method, function):
        wanted = ", ".join(str(parameter) for parameter in _declared(method))
        found.append(("has other parameters than the contract", f"write `({wanted})`"))
    return found


def _fits(method: MethodSpec, function: Callable[..., Any]) -> bool:
    """Whether a function takes what callers pass: in order, under the same names, those after a `*` by name."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # not written in Python: nothing can be known
        return True
    in_order = [one.name for one in _declared(method) if one.kind is not one.KEYWORD_ONLY]
    by_name = [one.name for one in _declared(method) if one.kind is one.KEYWORD_ONLY]
    try:
        signature.bind(None, *in_order, **dict.fromkeys(by_name))
    except TypeError:
        return False
    own = list(signature.parameters.values())[1:]
    return all(
        one.name == name for one, name in zip(own, in_order, strict=False) if one.kind is one.POSITIONAL_OR_KEYWORD
    )


def _declared(method: MethodSpec) -> list[inspect.Parameter]:
    function = getattr(method.contract, method.name)
    return list(inspect.signature(function).parameters.values())[1:]
