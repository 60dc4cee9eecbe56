"""Answers from the same process: the implementation's own methods, and what a wire would have done around them."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

from ..ambient import DEADLINE_PASSED, Ambient
from ..module.contract import ANYONE_KNOWN
from ..module.failure import (
    DeadlineExceeded,
    Failure,
    InvalidArgument,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
)
from ..module.spec import ContractSpec, MethodSpec
from .answers import methods_of
from .copies import copier
from .crossing import broke, crossed
from .metadata import check_metadata
from .stepped import Stepped
from .streams import Call, Given, Stream
from .target import Side, Streaming, Unary


class LocalTarget:
    """Answers a contract with bound methods of this process. `module` is whose code they are."""

    placement = "local"
    addresses: tuple[str, ...] = ()

    def __init__(self, spec: ContractSpec, methods: Mapping[str, Callable[..., Any]], module: str) -> None:
        self.spec = spec
        self.methods = {name: _by_position(spec.methods[name], method) for name, method in methods.items()}
        self._bound = methods
        self.module = module

    def quick(self, method: MethodSpec) -> Callable[..., Awaitable[Any]] | None:
        if method.streams_in or method.streams_out or method.requires or _copies(method) != (None, None):
            return None
        return self._bound[method.name]

    def unary(self, side: Side) -> Unary:
        method = side.method
        implementation = self.methods[method.name]
        expected = side.result
        arriving, leaving = _values(side)
        streams_in, guarded = method.streams_in, bool(method.requires or side.check_values)
        anyone = ANYONE_KNOWN in method.requires and not side.check_values

        async def answer(ambient: Ambient, args: tuple[Any, ...]) -> Any:
            if guarded and not (anyone and ambient.principal is not None):
                admit(side, ambient)
            given: Given | None = None
            if streams_in:
                given = Given(args[0], method.request, arriving)
                args = (given,)
            elif arriving is not None:
                args = arriving(args)
            result: Any = None
            failure: BaseException | None
            try:
                result = await implementation(*args)
                if given is not None and given.error is not None:  # whatever was made of half a stream
                    failure = given.error
                elif type(result) is not expected:
                    failure = self.wrong_class(side, result)
                elif leaving is None:
                    failure = None
                else:
                    result, failure = self.checked(side, leaving, result)
            except BaseException as error:
                failure = given.error if given is not None else None
                failure = failure or self.crossed(side, error)
                if failure is None:
                    raise
            finally:
                if given is not None:
                    await given.aclose()
            if ambient.expiry.expired:
                failure = DeadlineExceeded(DEADLINE_PASSED)
            if failure is not None:
                try:
                    raise failure
                finally:
                    failure = None  # its traceback holds this frame: a circle would wait for the collector
            return result

        return answer

    def streaming(self, side: Side) -> Streaming:
        method = side.method
        implementation = self.methods[method.name]
        arriving, leaving = _values(side)

        def answer(call: Call, args: tuple[Any, ...]) -> Stream:
            def opening(ambient: Ambient) -> tuple[AsyncIterator[Any], Given | None]:
                admit(side, ambient)
                if method.streams_in:
                    given = Given(args[0], method.request, arriving)
                    return self._begun(side, implementation, (given,)), given
                return self._begun(side, implementation, args if arriving is None else arriving(args)), None

            return Stepped(call, self, side, opening, leaving)

        return answer

    def _begun(self, side: Side, implementation: Callable[..., Any], args: tuple[Any, ...]) -> AsyncIterator[Any]:
        """The stream that an implementation makes; a plain `def` may fail before it has made one."""
        try:
            return implementation(*args)
        except BaseException as error:
            failure = self.crossed(side, error)
            if failure is None:
                raise
        raise failure

    def crossed(self, side: Side, error: BaseException) -> Failure | None:
        """What the caller sees of an exception; None where it must pass as it is."""
        failure = crossed(error, side.method, self.module, side.tell)
        if failure is not None and side.check_values and type(failure) in side.method.raises:
            try:
                side.wire.failure_round_trip(failure)
            except ValueError as wrong:
                return broke(wrong, side.method, self.module, side.tell)
        return failure

    def wrong_class(self, side: Side, result: Any) -> Failure:
        """A result, or an item, is not of the class that the contract promises."""
        expected = side.method.result
        promised = "None" if expected is None else expected.__name__
        error = TypeError(f"{side.method.full_name} answered with {type(result).__name__}, not {promised}")
        return broke(error, side.method, self.module, side.tell)

    def checked(self, side: Side, leaving: Callable[[Any], Any], result: Any) -> tuple[Any, Failure | None]:
        """The result as its caller may hold it, or the failure that stands for one which no wire would carry."""
        try:
            return leaving(result), None
        except ResourceExhausted as too_large:
            return None, too_large
        except Exception as error:
            return None, broke(error, side.method, self.module, side.tell)


def local_target(spec: ContractSpec, implementations: Sequence[Any], module: str) -> LocalTarget:
    """Merge instances (each a whole implementation or a slice; ThreadedInstance for blocking code) into one target.

    Raises Refused where a method is answered by nobody or twice; `answered_by` finds that before anything is built.
    """
    return LocalTarget(spec, methods_of(spec, implementations), module)


def admit(side: Side, ambient: Ambient) -> None:
    """Check `requires=`, and metadata where values are checked. Raises Unauthenticated, PermissionDenied,
    InvalidArgument."""
    method = side.method
    roles = method.requires
    if side.check_values:
        check_metadata(ambient)
    if not roles:
        return
    principal = ambient.principal
    if principal is None:
        raise Unauthenticated(f"nobody vouches for who is calling {method.full_name}")
    if ANYONE_KNOWN not in roles and principal.roles.isdisjoint(roles):
        raise PermissionDenied(f"{method.full_name} requires the role {' or '.join(roles)}")


def _by_position(method: MethodSpec, bound: Callable[..., Any]) -> Callable[..., Any]:
    """A method that takes its arguments in declared order, those after a `*` too."""
    parameters = list(inspect.signature(getattr(method.contract, method.name)).parameters.values())[1:]
    named = [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]
    if not named:
        return bound
    first = len(parameters) - len(named)
    return lambda *args: bound(*args[:first], **dict(zip(named, args[first:], strict=True)))


def _copies(method: MethodSpec) -> tuple[Any, Any]:
    """Copiers of the arguments (one for each, None if none is needed) and of the result."""
    if method.streams_in:
        arguments = copier(method.request)
    else:
        each = [copier(parameter.type) for parameter in method.parameters]
        arguments = each if any(each) else None
    return arguments, copier(method.result) if method.result is not None else None


def _values(side: Side) -> tuple[Any, Any]:
    """What arguments (or each item of a request stream) and results go through on their way; None for nothing."""
    if side.check_values:
        wire = side.wire
        arriving = wire.item_round_trip if side.method.streams_in else wire.arguments_round_trip
        return arriving, wire.result_round_trip if side.method.result is not None else None
    arguments, result = _copies(side.method)
    if arguments is None or side.method.streams_in:
        return _or_invalid(arguments), result
    each = arguments

    def copy(args: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(value if of is None else of(value) for of, value in zip(each, args, strict=True))

    return _or_invalid(copy), result


def _or_invalid(copy: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    if copy is None:
        return None

    def careful(value: Any) -> Any:
        try:
            return copy(value)
        except (TypeError, ValueError, AttributeError) as error:
            wrong = error
        raise InvalidArgument(f"a value cannot be read: {wrong}")

    return careful
