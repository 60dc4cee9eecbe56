"""Hostile messages of any type, from a seed: what each field may hold at its worst, and bytes that are no message."""

from __future__ import annotations

import random
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

MOST_DEEP = 4

TEXTS = (
    "", " ", "OLJCESPC7Z", "USD", "EUR", "someone@example.com", "4432-8015-6152-0454", "<script>alert(1)</script>",
    "'; DROP TABLE carts; --", "\0", "a\0b", "\r\nBcc: all@example.com", "\x1b[31m", "‮evil", "\ud7ff\ue000", "💥" * 300,
    "x" * 10_000, "%s%n{0}{{}}", "../../etc/passwd", "nan", "-1", "acct_" + "0" * 32, "𝒳\u0301", "\ufeff", "٣",
)  # fmt: skip
WHOLE = (0, 1, -1, 2, 10, 12, 13, 1000, 1001, 999_999_999, 1_000_000_000, -999_999_999, 2**31 - 1, -(2**31))
LARGE = (*WHOLE, 2**63 - 1, -(2**63), 2**32)
REAL = (0.0, -0.0, 1.5, float("nan"), float("inf"), float("-inf"), 1e308)


class Hostile:
    """Makes values from one seeded source."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def message(self, cls: type[Any], deep: int = 0) -> Any:
        """A message of a protobuf class with any of its fields set to something."""
        made = cls()
        descriptor: Descriptor = cls.DESCRIPTOR
        for field in descriptor.fields:
            if self._random.random() < 0.15:
                continue
            if field.message_type is not None and field.message_type.GetOptions().map_entry:
                continue
            if field.is_repeated:
                for _ in range(self._random.choice((0, 1, 2, 3))):
                    self._add(made, field, deep)
            elif field.message_type is None:
                setattr(made, field.name, self.value(field))
            elif deep < MOST_DEEP:
                getattr(made, field.name).CopyFrom(self.message(type(getattr(made, field.name)), deep + 1))
        return made

    def _add(self, made: Any, field: FieldDescriptor, deep: int) -> None:
        values = getattr(made, field.name)
        if field.message_type is None:
            values.append(self.value(field))
        elif deep < MOST_DEEP:
            one = values.add()
            one.CopyFrom(self.message(type(one), deep + 1))

    def value(self, field: FieldDescriptor) -> Any:
        """Something for a field that is no message."""
        pick = self._random.choice
        match field.cpp_type:
            case FieldDescriptor.CPPTYPE_STRING:
                text = pick(TEXTS)
                return text.encode() if field.type == FieldDescriptor.TYPE_BYTES else text
            case FieldDescriptor.CPPTYPE_INT32:
                return pick(WHOLE)
            case FieldDescriptor.CPPTYPE_INT64:
                return pick(LARGE)
            case FieldDescriptor.CPPTYPE_UINT32 | FieldDescriptor.CPPTYPE_UINT64:
                return abs(pick(WHOLE[:-1]))
            case FieldDescriptor.CPPTYPE_BOOL:
                return pick((True, False))
            case FieldDescriptor.CPPTYPE_ENUM:
                return pick((0, 1, 99))
            case _:
                return pick(REAL)

    def broken(self, data: bytes) -> bytes:
        """A message's bytes with something wrong with them: cut, flipped, made of nothing."""
        pick = self._random.randrange
        match pick(4):
            case 0 if data:
                return data[: pick(len(data))]
            case 1 if data:
                at = pick(len(data))
                return data[:at] + bytes([data[at] ^ (1 << pick(8))]) + data[at + 1 :]
            case 2:
                return data + self._random.randbytes(pick(1, 40))
            case _:
                return self._random.randbytes(pick(60))
