"""Sized integers, 32-bit floats and oneofs, as protobuf names them. A plain `int` is an int64, a plain `float` a double."""

from __future__ import annotations

import math
from struct import Struct
from typing import Annotated

RANGES: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("int32", "sint32", "sfixed32"), (-(2**31), 2**31 - 1)),
    **dict.fromkeys(("int64", "sint64", "sfixed64"), (-(2**63), 2**63 - 1)),
    **dict.fromkeys(("uint32", "fixed32"), (0, 2**32 - 1)),
    **dict.fromkeys(("uint64", "fixed64"), (0, 2**64 - 1)),
}
"""Protobuf's integers and what each holds, both ends included."""

_single = Struct("<f")


def single(value: float) -> float:
    """What 32 bits hold of a number: rounded, or infinite where it is past their range, as protobuf has it."""
    try:
        return _single.unpack(_single.pack(value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)


class Sized:
    """Marks which protobuf scalar carries the value. The range is that scalar's; `msgspec.Meta` may narrow it, and does
    not stand here since one annotation takes only one."""

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


Int32 = Annotated[int, Sized("int32")]
Int64 = Annotated[int, Sized("int64")]
UInt32 = Annotated[int, Sized("uint32")]
UInt64 = Annotated[int, Sized("uint64")]
SInt32 = Annotated[int, Sized("sint32")]
SInt64 = Annotated[int, Sized("sint64")]
Fixed32 = Annotated[int, Sized("fixed32")]
Fixed64 = Annotated[int, Sized("fixed64")]
SFixed32 = Annotated[int, Sized("sfixed32")]
SFixed64 = Annotated[int, Sized("sfixed64")]
Float32 = Annotated[float, Sized("float")]
