"""Reads constructors: what they ask for, what they make, and how they are called. Own reader: 25× inspect.signature."""

from __future__ import annotations

import collections.abc
import functools
import inspect
import types
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar, get_args, get_origin

from .annotations import evaluate
from .keys import Key, NoKey, key_of
from .neighbours import Neighbours
from .shapes import Default, Fault, How, Need, Signature

_NOTHING: Mapping[str, Any] = {}


_ITERATORS: dict[How, tuple[Any, ...]] = {
    How.GENERATOR: (collections.abc.Iterator, collections.abc.Generator, collections.abc.Iterable),
    How.ASYNC_GENERATOR: (
        collections.abc.AsyncIterator,
        collections.abc.AsyncGenerator,
        collections.abc.AsyncIterable,
    ),
}


class _Reading:
    """What reading needs besides the callable."""

    __slots__ = ("home", "neighbours", "result", "skip", "values")

    def __init__(
        self,
        neighbours: Neighbours | None,
        skip: frozenset[str],
        result: bool,
        values: Mapping[Any, Any] = _NOTHING,
        home: type[Any] | None = None,
    ) -> None:
        self.neighbours, self.skip, self.result = neighbours, skip, result
        self.values = values
        """Type variable -> type, where a generic class was given its arguments."""
        self.home = home

    def key(self, annotation: Any, function: Any) -> Key:
        """The key of an annotation. Raises NoKey."""
        annotation = evaluate(annotation, function, self.neighbours, self.home)
        if values := self.values:
            if isinstance(annotation, TypeVar):
                annotation = values.get(annotation, annotation)
            elif free := getattr(annotation, "__parameters__", ()):
                annotation = annotation[tuple(values.get(variable, variable) for variable in free)]
        return key_of(annotation)


def _passes_on(call: Any) -> bool:
    """Whether a metaclass's `__call__` takes what the class's constructor takes: `type`'s own, and one that wraps it."""
    if call is type.__call__:
        return True
    code = getattr(call, "__code__", None)
    passing = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
    return code is not None and code.co_argcount == 1 and code.co_flags & passing == passing


def _how(flags: int) -> How:
    if flags & inspect.CO_ASYNC_GENERATOR:
        return How.ASYNC_GENERATOR
    if flags & inspect.CO_GENERATOR:
        return How.GENERATOR
    return How.ASYNC if flags & inspect.CO_COROUTINE else How.PLAIN


def read_signature(
    constructor: Callable[..., Any],
    *,
    neighbours: Neighbours | None = None,
    skip: frozenset[str] = frozenset(),
    result: bool = True,
) -> Signature:
    """Read a constructor. Its `neighbours` help to evaluate annotations; parameters in `skip` are left alone; without
    `result` nobody wants to know what it makes. `*args` and `**kwargs` are never filled."""
    alias = None if type(constructor) is type else get_origin(constructor)
    target: Any = constructor if alias is None else alias
    if isinstance(target, type):
        values: Mapping[Any, Any] = _NOTHING
        if alias is not None:
            values = dict(zip(getattr(alias, "__parameters__", ()), get_args(constructor), strict=False))
        reading = _Reading(neighbours, skip, False, values, target)
        init: Any = target.__init__
        plain = target.__new__ is object.__new__ and (
            type(target) is type or (_passes_on(type(target).__call__) and not hasattr(target, "__struct_fields__"))
        )
        if plain and type(init) is types.FunctionType and "__wrapped__" not in init.__dict__:
            signature = _read(init, 1, reading)
        elif plain and init is object.__init__:
            signature = Signature([], None, How.PLAIN, [])
        else:
            signature = _read_slowly(target, reading)
        signature.result, signature.how = constructor, How.PLAIN
        return signature
    reading = _Reading(neighbours, skip, result)
    if type(target) is types.FunctionType and "__wrapped__" not in target.__dict__:
        return _read(target, 0, reading)
    return _read_slowly(target, reading)


def _read(function: types.FunctionType, skip_first: int, reading: _Reading) -> Signature:
    code = function.__code__
    count = code.co_argcount
    needed = count - len(function.__defaults__ or ())
    names = code.co_varnames
    signature = Signature([], None, _how(code.co_flags), [])
    annotations = function.__annotations__
    needs, skip = signature.needs, reading.skip
    space = _NOTHING if "<locals>" in function.__qualname__ else function.__globals__
    for i in range(skip_first, count):
        name = names[i]
        annotation = annotations.get(name)
        if type(annotation) is str:
            annotation = space.get(annotation)
        if type(annotation) is type and annotation is not object and name not in skip:  # a plain class: the most are
            needs.append(Need(name, annotation, i < needed, i - skip_first))
        else:
            _add(signature, name, annotations, i < needed, i - skip_first, function, reading)
    if code.co_posonlyargcount > skip_first:
        defaults = dict(zip(range(needed, count), function.__defaults__ or (), strict=True))
        only = range(skip_first, code.co_posonlyargcount)
        _by_position(signature, [(i - skip_first, names[i], defaults[i]) for i in only if i in defaults])
    if code.co_kwonlyargcount:
        defaults = function.__kwdefaults__ or _NOTHING
        for name in names[count : count + code.co_kwonlyargcount]:
            _add(signature, name, annotations, name not in defaults, -1, function, reading)
    if reading.result:
        _read_result(signature, annotations.get("return", _NOTHING), function, reading)
    return signature


def _read_slowly(target: Any, reading: _Reading) -> Signature:
    """Whatever is neither a plain class nor a plain function: partials, methods, Structs, callables, wrappers."""
    try:
        signature_ = inspect.signature(target)
    except (ValueError, TypeError):
        fault = Fault("", "has no signature that can be read", "wrap it in a function with annotations")
        return Signature([], None, How.PLAIN, [fault])
    function = _function_behind(target)
    parameters = [p for p in signature_.parameters.values() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    annotations = {p.name: p.annotation for p in parameters if p.annotation is not p.empty}
    signature = Signature([], None, _how_slowly(target), [])
    for i, p in enumerate(parameters):
        position = -1 if p.kind is p.KEYWORD_ONLY else i
        _add(signature, p.name, annotations, p.default is p.empty, position, function, reading)
    only = [(i, p.name, p.default) for i, p in enumerate(parameters) if p.kind is p.POSITIONAL_ONLY]
    _by_position(signature, [each for each in only if each[2] is not inspect.Parameter.empty])
    if reading.result:
        annotation = signature_.return_annotation
        owner = getattr(target, "__self__", None)
        if isinstance(target, functools.partial) and isinstance(target.func, type):
            annotation = target.func
        elif isinstance(owner, type) and (annotation is Self or annotation == "Self"):
            annotation = owner  # a class method that makes its class
        _read_result(signature, _NOTHING if annotation is signature_.empty else annotation, function, reading)
    return signature


def _by_position(signature: Signature, defaults: list[tuple[int, str, Any]]) -> None:
    """Keep the defaults of positional-only parameters: those that nobody fills are handed over for the later ones."""
    by_position = {need.position: need for need in signature.needs if need.position >= 0}
    for position, name, default in defaults:
        need = by_position.get(position)
        if need is None:
            need = Need(name, object(), False, position)  # a key that nobody offers
            signature.needs.insert(sum(0 <= other.position < position for other in signature.needs), need)
        need.default = Default(default)


def _add(
    signature: Signature,
    name: str,
    annotations: Mapping[str, Any],
    required: bool,
    position: int,
    function: Any,
    reading: _Reading,
) -> None:
    if name in reading.skip:
        return
    annotation = annotations.get(name, _NOTHING)
    if annotation is _NOTHING:
        if required:
            signature.faults.append(Fault(name, "has no annotation", "annotate it, or give it a default"))
        return
    try:
        key = reading.key(annotation, function)
    except NoKey as no:
        if required or no.unreadable:
            signature.faults.append(Fault(name, no.why, no.cure, no.near))
        return
    signature.needs.append(Need(name, key, required, position))


def _read_result(signature: Signature, annotation: Any, function: Any, reading: _Reading) -> None:
    try:
        signature.result = _result(annotation, signature.how, function, reading)
    except NoKey as no:
        signature.faults.append(Fault("", no.why, no.cure, no.near))


def _how_slowly(target: Any) -> How:
    """Of what is wrapped where the wrapper is plain: it hands on a coroutine, a generator or a context manager."""
    while isinstance(target, functools.partial):
        target = target.func
    if isinstance(target, type):
        return How.PLAIN
    if not inspect.isroutine(target) and not hasattr(target, "__wrapped__"):
        target = type(target).__call__
    how = _how_of(target)
    return how if how is not How.PLAIN else _how_of(inspect.unwrap(target))


def _how_of(target: Any) -> How:
    if inspect.isasyncgenfunction(target):
        return How.ASYNC_GENERATOR
    if inspect.isgeneratorfunction(target):
        return How.GENERATOR
    return How.ASYNC if inspect.iscoroutinefunction(target) else How.PLAIN


def _function_behind(target: Any) -> Any:
    """Whose globals the annotations were written in."""
    while isinstance(target, functools.partial):
        target = target.func
    target = inspect.unwrap(target)
    if isinstance(target, type):
        init = target.__init__
        return init if isinstance(init, types.FunctionType) else target
    if inspect.ismethod(target):
        return target.__func__
    if not isinstance(target, types.FunctionType):
        return type(target).__call__
    return target


def _result(annotation: Any, how: How, function: Any, reading: _Reading) -> Key:
    if annotation is _NOTHING:
        raise NoKey("does not say what it makes", "annotate what it returns, or name it with provides=")
    annotation = evaluate(annotation, function, reading.neighbours)
    if annotation is None or annotation is type(None):
        raise NoKey("says that it returns None", "annotate what it returns; to call it for its effect, invoke it")
    if iterators := _ITERATORS.get(how):
        origin, args = get_origin(annotation), get_args(annotation)
        if origin not in iterators or not args:
            said = getattr(annotation, "__name__", annotation)
            other = any(origin in each or annotation in each for each in _ITERATORS.values())
            inner = getattr(args[0], "__name__", args[0]) if other and args else "T" if other else said
            article = "an" if how is How.ASYNC_GENERATOR else "a"
            cure = f"annotate it as {iterators[0].__name__}[{inner}]"
            raise NoKey(f"is {article} {how.value} that says it returns {said}", cure)
        annotation = args[0]
    if type(None) in get_args(annotation):
        raise NoKey("may return None", "return one type; what is optional has a default where it is asked for")
    return key_of(annotation)
