"""One method's values as bytes and back, through the schema; codecs are made when they are first needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..module.failure import Failure, InvalidArgument, ResourceExhausted
from ..module.message import Message
from ..module.spec import MethodSpec

if TYPE_CHECKING:
    from .lean.methods import LeanMethod
    from .schema.schema import Schema  # brings protobuf along, which a process without a wire never needs


TOO_LARGE = "a message is larger than its receiver takes"
MOST_DETAILS = 16 * 1024
"""Bytes of a failure's fields that trailers may carry: gRPC cuts a call off whose metadata are larger."""


class MethodWire:
    """How a method's request, result and failures travel.

    Raises InvalidArgument for requests that the contract does not allow, on either side; plain ValueError, for the
    caller to turn into Internal, for results and failures.
    """

    def __init__(self, method: MethodSpec, schema: Schema | None, max_bytes: int) -> None:
        self.method = method
        self.max_bytes = max_bytes
        self._schema = schema
        self.message, self.arguments = _message_of(method), _arguments_of(method)
        """Arguments in declared order -> the request, and back."""

    @property
    def schema(self) -> Schema:
        if self._schema is None:
            raise RuntimeError(f"{self.method.full_name} was bound without a schema and cannot cross a wire")
        return self._schema

    @cached_property
    def path(self) -> str:
        """`/hipstershop.CartService/AddItem`."""
        from ..module.spec import spec_of

        return f"/{spec_of(self.method.contract).service}/{self.method.wire}"

    @cached_property
    def encode_request(self) -> Callable[[Any], bytes]:
        encode, most = self.schema.request_codec(self.method).encode, self.max_bytes

        def encode_request(message: Any) -> bytes:
            try:
                data = encode(message)
            except ValueError as error:
                wrong = error
            else:
                if len(data) <= most:
                    return data
                raise too_large("request", len(data), most)
            raise InvalidArgument(str(wrong))

        return encode_request

    @cached_property
    def decode_request(self) -> Callable[[bytes], Any]:
        decode = self.schema.request_codec(self.method).decode

        def decode_request(data: bytes) -> Any:
            try:
                return decode(data)
            except ValueError as error:
                wrong = error
            raise InvalidArgument(str(wrong))

        return decode_request

    @cached_property
    def encode_result(self) -> Callable[[Any], bytes]:
        return self.schema.result_codec(self.method).encode

    @cached_property
    def decode_result(self) -> Callable[[bytes], Any]:
        return self.schema.result_codec(self.method).decode

    @cached_property
    def lean(self) -> LeanMethod:
        """How the same values travel between our own processes."""
        from .lean.methods import LeanMethod

        return LeanMethod(self)

    @cached_property
    def failures(self) -> Mapping[str, type[Failure]]:
        """The declared failures with fields of their own, by the name that google.protobuf.Any gives them."""
        own = [failure for failure in self.method.raises if failure.__own__]
        return {self.schema.failure_codec(failure).full_name: failure for failure in own}

    def arguments_round_trip(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments as they would arrive over a wire."""
        return self.arguments(self.item_round_trip(self.message(*args)))

    @cached_property
    def item_round_trip(self) -> Callable[[Any], Any]:
        """A request, or an item of a request stream, as it would arrive."""
        encode, check = self.encode_request, self.schema.request_codec(self.method).check

        def round_trip(message: Any) -> Any:
            data = encode(message)
            try:
                return check(message, data)
            except ValueError as error:
                wrong = error
            raise InvalidArgument(str(wrong))

        return round_trip

    @cached_property
    def result_round_trip(self) -> Callable[[Any], Any]:
        """A result, or an item of the answer, as it would arrive."""
        codec, most = self.schema.result_codec(self.method), self.max_bytes

        def round_trip(result: Any) -> Any:
            data = codec.encode(result)
            if len(data) > most:
                raise ResourceExhausted(TOO_LARGE)
            return codec.check(result, data)

        return round_trip

    def failure_round_trip(self, failure: Failure) -> Failure:
        """A declared failure as it would arrive. Raises ValueError where it would arrive as its bare kind."""
        if not failure.__own__:
            return failure
        codec = self.schema.failure_codec(type(failure))
        if (size := len(data := codec.encode(failure))) > MOST_DETAILS:
            raise ValueError(f"the fields of a failure are {size} bytes long; at most {MOST_DETAILS} travel")
        return codec.check(failure, data)


def too_large(what: str, size: int, most: int) -> ResourceExhausted:
    """A message is past the limit, in bytes."""
    return ResourceExhausted(f"the {what} is {size} bytes long; {most} are allowed")


def _message_of(method: MethodSpec) -> Callable[..., Any]:
    if method.sole:
        return _itself
    return _request_of(method.request, tuple(parameter.name for parameter in method.parameters))


def _request_of(request: type[Message], names: tuple[str, ...]) -> Callable[..., Any]:
    parts = ", ".join(f"{name}={name}" for name in names)
    return eval(f"lambda {', '.join(names)}: Request({parts})", {"Request": request})  # our own text


def _arguments_of(method: MethodSpec) -> Callable[[Any], tuple[Any, ...]]:
    if method.sole:
        return lambda message: (message,)
    parts = "".join(f"m.{parameter.name}, " for parameter in method.parameters)
    return eval(f"lambda m: ({parts})")  # our own text


def _itself(message: Any) -> Any:
    return message
