"""One method on the lean wire: its request, its results and its failures as bodies, with gRPC's rules and words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ...module.failure import Failure, InvalidArgument, Unavailable
from ..crossing import NESTED, marked
from ..status import MOST_TEXT, failure_said, why_of
from ..wire import MOST_DETAILS, MethodWire, too_large
from .frames import packed
from .packing import Packed, packing_of

_failure = msgspec.msgpack.Decoder(tuple[str, str, Any, str])


class LeanMethod:
    """How one method's values travel. Errors are those of MethodWire: InvalidArgument and ResourceExhausted for requests,
    plain ValueError for results."""

    __slots__ = ("_failures", "_packing", "decode_request", "decode_result", "encode_request", "encode_result", "wire")

    def __init__(self, wire: MethodWire) -> None:
        self.wire = wire
        self._packing = packing_of(wire.schema)
        request = self._packing.of(wire.method.request)
        result = self._packing.of(wire.method.result)
        self.encode_result, self.decode_result = result.encode, result.decode
        self.encode_request = _request_encoder(request, wire.max_bytes)
        self.decode_request = _request_decoder(request)
        schema = wire.schema
        self._failures = {schema.full_name(failure): failure for failure in wire.method.raises if failure.__own__}

    @property
    def fingerprint(self) -> int:
        """Of the request and the result, as they are declared here."""
        return fingerprint(self.wire)

    def failed(self, failure: Failure) -> bytes:
        """A failure's body: text, full name and fields where it is declared, and why an Unavailable is none."""
        text = failure.text[:MOST_TEXT].encode("utf-8", "replace").decode()  # half a surrogate pair cannot be sent
        why = why_of(failure) if failure.code == Unavailable.code else ""
        if failure.__own__ and type(failure) in self.wire.method.raises:
            try:
                name = self.wire.schema.full_name(type(failure))
                body = packed((text, name, self._packing.failure(failure), why))
            except (ValueError, TypeError, OverflowError):  # its fields are not what they say; the kind still is
                return packed((text, "", None, why))
            if len(body) <= MOST_DETAILS + len(text):
                return body
        return packed((text, "", None, why))

    def failure(self, code: int, body: Any) -> Failure:
        """The failure that a body stands for: the declared class where it names one and fits, or else the kind."""
        try:
            text, name, fields, why = _failure.decode(body)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            text, name, fields, why = "", "", None, ""
        declared = self._failures.get(name)
        if declared is not None:
            try:
                failure = self._packing.read_failure(declared, fields)
            except ValueError:  # a peer's fields that do not fit leave the kind and the text
                return failure_said(code, text, why, self.wire)
            return marked(failure, NESTED) if why == "nested" else failure
        return failure_said(code, text, why, self.wire)


def fingerprint(wire: MethodWire) -> int:
    """Of a method's request and result, as they are declared here."""
    return packing_of(wire.schema).print_of(wire.method.request, wire.method.result)


def _request_encoder(kind: Packed, most: int) -> Callable[[Any], bytes]:
    encode = kind.encode

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


def _request_decoder(kind: Packed) -> Callable[[bytes], Any]:
    read, arrived, slowly = kind.read, kind.arrived, kind.decode_slowly

    def decode_request(data: bytes) -> Any:  # as `kind.decode`, which would be one function more for each call
        try:
            value = read(data)
            if arrived is None or arrived(value, 0):
                return value
        except Exception:  # what is wrong, and whether it is, is found slowly
            pass
        try:
            return slowly(data)
        except ValueError as error:
            wrong = error
        raise InvalidArgument(str(wrong))

    return decode_request
