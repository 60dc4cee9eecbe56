"""Callers: for each contract a class whose methods are compiled to do no more than a call in a plain scope needs."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from textwrap import indent
from time import monotonic, perf_counter
from typing import Any

from ..ambient import NOTHING, current, deadline
from ..module.contract import Contract
from ..module.failure import DeadlineExceeded
from ..module.spec import ContractSpec, MethodSpec
from .cell import Cell

# What is answered elsewhere, or is checked, has an `__far`; it is None where calls are limited. A breaker is asked only
# while it is not calm.
# Names of our own begin with two underscores: a parameter may be called `target`. The lane and its quick method are held
# in cells of the closure, which `__turn` fills. What is timed is written out beside what is not: another coroutine
# between the two would cost more than the clock.
_UNARY = """\
def make(__cell, __current, __nothing, __deadline, __Late, __clock, __time, __Result, {defaults}):
    __now = __quick = __far = None

    def __turn(__to):
        nonlocal __now, __quick, __far
        __now, __quick, __far = __to, __to.quick, __to.far

    async def {name}(__self{signature}):
        __lane = __now
        __ambient = __current(__nothing)
        __gate = __ambient.gate
        if __gate.task is None:
            if __ambient is __nothing and __lane.alone:
                __answered = False
                try:
                    with __deadline(__lane.default) as __ambient:
                        if not __lane.calls + 1 & __lane.mask:
                            __result = await {name}(__self{again})
                            __answered = True
                            return __result
                        __gate = __ambient.gate
                        __lane.calls += 1
{sampled_in_a_scope}
                        __answered = True
                        return __result
                except __Late as __error:
                    if __answered:  # the scope ended late: what was answered counts for nothing
                        __lane.count_failure(__error)
                    raise
            return await __lane.slow(({args}))
        __lane.calls = __number = __lane.calls + 1
        if __number & __lane.mask:
{sampled}
        if __quick is None:
            if __far is None or not __lane.breaker.calm or __ambient.expiry.at <= __time():
                return await __lane.guarded(__ambient, ({args}))
            __weight = 0 if __number & __lane.sampling else __lane.weight()
            __began = __clock() if __weight else 0.0
            try:
                __result = await __far(__ambient, ({args}))
            except BaseException as __error:
                if __lane.final(__ambient, __error, __began, __weight):
                    raise
                __failure = __error
            else:
                if __weight:
                    __lane.lasted(__began, __weight)
                else:
                    __lane.done += 1
                if not __lane.breaker.calm:
                    __lane.breaker.succeeded()
                return __result
            try:
                return await __lane.further(__ambient, ({args}), __failure, __began, __weight)
            finally:
                del __failure
        __weight = __number - __lane.weighed
        __lane.weighed = __number
        __began = __clock()
        try:
            __result = await __quick({passed})
        except BaseException as __error:
            __lane.lasted(__began, __weight)
            __failure = __lane.crossed(__ambient, __error)
            if __failure is None:
                raise
        else:
            __lane.lasted(__began, __weight)
            if type(__result) is __Result and not __gate.expired:
                return __result
            __failure = __lane.late_or_wrong(__ambient, __result)
        try:
            return await __lane.failed(__failure, ({args}))
        finally:
            del __failure
    __cell.follow(__turn)
    return {name}
"""

# A call that another one is timed for; written out twice, too.
_SAMPLED = """\
            try:
                __result = await __quick({passed})
            except BaseException as __error:
                __lane.done += 1
                __failure = __lane.crossed(__ambient, __error)
                if __failure is None:
                    raise
            else:
                __lane.done += 1
                if type(__result) is __Result and not __gate.expired:
                    {answered}return __result
                __failure = __lane.late_or_wrong(__ambient, __result)
            try:
                {result}await __lane.failed(__failure, ({args}))
            finally:
                del __failure
"""

_STREAMING = """\
def make(__cell, __current, __nothing, __deadline, __Late, __clock, __time, __Result, {defaults}):
    def {name}(__self{signature}):
        return __cell.stream(({args}))
    return {name}
"""


def caller_class(spec: ContractSpec, cells: Mapping[str, Cell]) -> type[Contract]:
    """A subclass of the contract, made for one binding, with one method for each of its own."""
    methods = {name: _compiled(method, cells[name]) for name, method in spec.methods.items()}
    name = f"{spec.contract.__name__}Caller"
    space = {"__doc__": f"Calls whoever answers {spec.contract.__name__}.", "__module__": __name__, **methods}
    return type(name, (spec.contract,), {**space, "__init__": _no_arguments})


def _no_arguments(self: Any) -> None:
    """Whatever the contract's class may say about construction, a caller needs nothing."""


def _compiled(method: MethodSpec, cell: Cell) -> Any:
    declared = getattr(method.contract, method.name)
    parameters = list(inspect.signature(declared).parameters.values())[1:]
    named: list[str] = []
    passed: list[str] = []
    defaults: dict[str, Any] = {}
    for parameter in parameters:
        word = parameter.name
        if parameter.kind is parameter.KEYWORD_ONLY:
            if "*" not in named:
                named.append("*")
            passed.append(f"{word}={word}")
        else:
            passed.append(word)
        if parameter.default is not parameter.empty:
            defaults[f"__default_{word}"] = parameter.default
            word = f"{word}=__default_{word}"
        named.append(word)
        if parameter.kind is parameter.POSITIONAL_ONLY and _last_of_its_kind(parameter, parameters):
            named.append("/")
    words = {
        "args": "".join(f"{parameter.name}, " for parameter in parameters),
        "passed": ", ".join(passed),
    }
    plain = {"answered": "", "result": "return "}
    scoped = {"answered": "__answered = True; ", "result": "__result = "}
    source = (_STREAMING if method.streams_out else _UNARY).format(
        **words,
        name=method.name,
        signature="".join(f", {word}" for word in named),
        again="".join(f", {word}" for word in passed),
        defaults=", ".join(defaults),
        sampled=_SAMPLED.format(**words, **plain),
        sampled_in_a_scope=indent(_SAMPLED.format(**words, **scoped), " " * 12),
    )
    space: dict[str, Any] = {}
    exec(compile(source, f"<caller of {method.full_name}>", "exec"), space)
    function = space["make"](
        cell, current, NOTHING, deadline, DeadlineExceeded, perf_counter, monotonic, cell.side.result, **defaults
    )
    function.__doc__ = declared.__doc__
    function.__qualname__ = f"{method.contract.__name__}Caller.{method.name}"
    function.__module__ = __name__
    function.__annotations__ = declared.__annotations__
    return function


def _last_of_its_kind(parameter: inspect.Parameter, parameters: list[inspect.Parameter]) -> bool:
    return [one for one in parameters if one.kind is parameter.kind][-1] is parameter
