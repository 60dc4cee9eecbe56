"""Codecs: a Message to bytes and back, through upb's classes and compiled code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from google.protobuf.message import DecodeError

from .reading import Definition
from .values import Definitions, InvalidValue, Malformed, check_value, read_wire

T = TypeVar("T")

LOOKED_THROUGH = 64 * 1024
"""Bytes up to which a value is compared with its type all the way down: 40 ms at most, and a process does nothing else
meanwhile. Larger ones make the round trip alone, by compiled code, which finds all that a wire would refuse."""


class Codec(Generic[T]):
    """One message's way to the wire. `encode` raises InvalidValue, `decode` Malformed; both name the field's path."""

    __slots__ = ("_definition", "_known", "_proto", "_read", "_write", "decode", "encode", "full_name")

    encode: Callable[[T], bytes]
    decode: Callable[[bytes], T]

    def __init__(
        self, full_name: str, definition: Definition, proto: Any, write: Any, read: Any, known: Definitions
    ) -> None:
        self.full_name = full_name
        """`hipstershop.Product`."""
        self._definition, self._proto, self._known = definition, proto, known
        self._write, self._read = write, read
        self.encode = self._encoder()
        self.decode = self._decoder()

    @property
    def type_url(self) -> str:
        """How google.protobuf.Any names the message."""
        return f"type.googleapis.com/{self.full_name}"

    def check(self, value: T, data: bytes | None = None) -> T:
        """The value as it would arrive on the other side. Raises InvalidValue where it would be refused.

        data: what `encode` has made of it, where that is known.
        """
        data = self.encode(value) if data is None else data
        if len(data) <= LOOKED_THROUGH:
            check_value(value, self._definition, self._known)
        try:
            return self.decode(data)
        except Malformed as malformed:
            raise InvalidValue(malformed.path, malformed.why) from None

    def _encoder(self) -> Callable[[T], bytes]:
        proto, write, explain = self._proto, self._write, self._explain
        cls: Any = self._definition.python

        def encode(value: T) -> bytes:
            if type(value) is cls:
                try:
                    return proto(**write(value)).SerializeToString()
                except Exception as error:
                    raise explain(value, error) from None
            raise explain(value, TypeError(f"it is no {cls.__name__}"))

        return encode

    def _decoder(self) -> Callable[[bytes], T]:
        parse, read, slowly = self._proto.FromString, self._read, self._slowly

        def decode(data: bytes) -> T:
            try:
                return read(parse(data))
            except Exception:
                return slowly(data)

        return decode

    def _explain(self, value: Any, error: Exception) -> InvalidValue:
        try:
            check_value(value, self._definition, self._known)
        except InvalidValue as invalid:
            return invalid
        return InvalidValue("", f"cannot be sent as {self.full_name}: {error}")

    def _slowly(self, data: bytes) -> T:
        try:
            raw = self._proto.FromString(data)
        except (DecodeError, TypeError, ValueError):
            raise Malformed("", f"these bytes are no {self.full_name}") from None
        return read_wire(raw, self._definition, self._known)


class NothingCodec:
    """What stands for None: an empty message, whichever its name. Fields that arrive in it are passed over."""

    __slots__ = ("_parse", "full_name")

    def __init__(self, full_name: str, proto: Any) -> None:
        self.full_name = full_name
        self._parse = proto.FromString

    @property
    def type_url(self) -> str:
        return f"type.googleapis.com/{self.full_name}"

    def encode(self, value: None) -> bytes:
        """Nothing, as bytes. Raises InvalidValue for anything else."""
        if value is not None:
            raise InvalidValue("", f"must be None, is {type(value).__name__}")
        return b""

    def decode(self, data: bytes) -> None:
        """None. Raises Malformed where the bytes are no message at all."""
        if data:
            try:
                self._parse(data)
            except (DecodeError, TypeError, ValueError):
                raise Malformed("", f"these bytes are no {self.full_name}") from None

    def check(self, value: None, data: bytes | None = None) -> None:
        self.encode(value)
