"""Sized integers, 32-bit floats and oneofs, as protobuf names them. A plain `int` is an int64, a plain `float` a double."""

from __future__ import annotations

from typing import Annotated

import msgspec


class Sized:
    """Marks which protobuf scalar carries the value."""

    __slots__ = ("proto",)

    def __init__(self, proto: str) -> None:
        self.proto = proto

    def __repr__(self) -> str:
        return f"Sized({self.proto!r})"


class OneOf:
    """Marks optional fields of which at most one is set: `Annotated[str | None, OneOf("contact")] = None`.

    A union of tagged Messages says the same with types; this is for scalars and for oneofs of somebody else's file.
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"OneOf({self.name!r})"


Int32 = Annotated[int, Sized("int32"), msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
Int64 = Annotated[int, Sized("int64")]
UInt32 = Annotated[int, Sized("uint32"), msgspec.Meta(ge=0, le=2**32 - 1)]
UInt64 = Annotated[int, Sized("uint64"), msgspec.Meta(ge=0)]
SInt32 = Annotated[int, Sized("sint32"), msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
SInt64 = Annotated[int, Sized("sint64")]
Fixed32 = Annotated[int, Sized("fixed32"), msgspec.Meta(ge=0, le=2**32 - 1)]
Fixed64 = Annotated[int, Sized("fixed64"), msgspec.Meta(ge=0)]
SFixed32 = Annotated[int, Sized("sfixed32"), msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
SFixed64 = Annotated[int, Sized("sfixed64")]
Float32 = Annotated[float, Sized("float")]
