"""Bodies: messages as msgpack maps. Straight into the exact class where all is as declared here, else by the slow reading."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import msgspec

from ..schema.reading import Definition
from ..schema.values import InvalidValue, Malformed, check_value
from .checks import Check, Checker
from .tolerant import read_plain

if TYPE_CHECKING:
    from ..schema.schema import Schema

_plain = msgspec.msgpack.Decoder()


def _unusual(value: Any) -> Any:
    """What msgspec does not write by itself though the contract allows it."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int | float):
        return int(value) if isinstance(value, int) else float(value)
    if isinstance(value, bytes):
        return bytes(value)
    raise TypeError(f"a {type(value).__name__} cannot be sent")


_encode = msgspec.msgpack.Encoder(enc_hook=_unusual).encode


class Packing:
    """The bodies of one schema's messages and failures. One for each schema."""

    def __init__(self, schema: Schema) -> None:
        self._define = schema.definition
        self._checker = Checker(schema.definition)
        self._made: dict[Any, Packed] = {}

    def of(self, cls: Any) -> Packed:
        """How a message (None: no result) is written and read."""
        found = self._made.get(cls)
        if found is None:
            found = self._made[cls] = _NO_RESULT if cls is None else self._make(cls)
        return found

    def failure(self, failure: Any) -> dict[str, Any]:
        """A declared failure's fields, to be packed. Raises InvalidValue."""
        definition = self._define(type(failure))
        check_value(failure, definition, self._define)
        return {one.wire: getattr(failure, one.name) for one in definition.fields}

    def read_failure(self, cls: Any, fields: Any) -> Any:
        """A declared failure of its unpacked fields. Raises Malformed."""
        return read_plain(fields, self._define(cls), self._define)

    def print_of(self, *classes: Any) -> int:
        """A fingerprint of messages as they are declared here, of whatever is inside too: 32 bits, for diagnosis."""
        seen: dict[Any, Definition] = {}
        todo = [cls for cls in classes if cls is not None]
        while todo:
            cls = todo.pop()
            if cls in seen:
                continue
            seen[cls] = self._define(cls)
            for one in seen[cls].fields:
                items = (one.item, *(item for _, item in one.members))
                todo += [item.python for item in items if item is not None and item.kind == "message"]
        said = sorted(
            f"{one.full_name}({', '.join(_said(field) for field in one.fields)})" for one in seen.values()
        )  # fmt: skip
        return zlib.crc32("; ".join(said).encode())

    def _make(self, cls: Any) -> Packed:
        define, check = self._define, self._checker.leaving(cls)
        definition = define(cls)

        def encode(value: Any) -> bytes:
            try:
                if type(value) is cls and check(value, 0):
                    return _encode(value)
            except Exception:  # a field that is not set, half a surrogate pair
                return carefully(value)
            return carefully(value)

        def carefully(value: Any) -> bytes:
            check_value(value, definition, define)
            try:
                return _encode(value)
            except Exception as error:
                raise InvalidValue("", f"cannot be sent as {definition.full_name}: {error}") from None

        def slowly(data: Any) -> Any:
            try:
                raw = _plain.decode(data)
            except (msgspec.MsgspecError, ValueError, TypeError, RecursionError):
                raise Malformed("", f"these bytes are no {definition.full_name}") from None
            return read_plain(raw, definition, define)

        try:
            read = msgspec.msgpack.Decoder(cls).decode
        except TypeError:  # what msgspec cannot declare, the slow reading reads
            read = slowly
        return Packed(encode, read, self._checker.arrived(cls), slowly)


class Packed:
    """One message's bodies. `encode` raises InvalidValue, `decode` and `decode_slowly` Malformed; they name the field's
    path. `read` and `arrived` are the parts of `decode` for whoever has no time: what either does not take,
    `decode_slowly` may."""

    __slots__ = ("arrived", "decode", "decode_slowly", "encode", "read")

    def __init__(
        self,
        encode: Callable[[Any], bytes],
        read: Callable[[bytes], Any],
        arrived: Check | None,
        slowly: Callable[[bytes], Any],
    ) -> None:
        self.encode, self.read, self.arrived, self.decode_slowly = encode, read, arrived, slowly

        def decode(data: bytes) -> Any:
            try:
                value = read(data)
                if arrived is None or arrived(value, 0):
                    return value
            except Exception:
                return slowly(data)
            return slowly(data)

        self.decode = decode


def _no_result(value: Any) -> bytes:
    if value is not None:
        raise InvalidValue("", f"must be None, is {type(value).__name__}")
    return b""


def _no_result_read(data: Any) -> None:
    """Fields that arrive where nothing is promised are passed over."""


_NO_RESULT = Packed(_no_result, _no_result_read, None, _no_result_read)


def _said(field: Any) -> str:
    kinds = [item.python.__name__ for item in (field.key, field.item, *(item for _, item in field.members)) if item]
    return f"{field.wire}: {field.holds} {' '.join(kinds)}{'?' if field.nullable else ''}"


_packings: WeakKeyDictionary[Any, Packing] = WeakKeyDictionary()


def packing_of(schema: Schema) -> Packing:
    """The packing of a schema, made when first asked for."""
    found = _packings.get(schema)
    if found is None:
        found = _packings[schema] = Packing(schema)
    return found
