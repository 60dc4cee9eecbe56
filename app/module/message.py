"""Messages: the immutable values that contracts exchange."""

from __future__ import annotations

import sys
from typing import Any, ClassVar, dataclass_transform

import msgspec


def wire_name(field: str) -> str:
    """A field's or parameter's name on the wire: a trailing underscore, there for Python's keywords, is dropped."""
    return field[:-1] if field.endswith("_") and not field.startswith("_") else field


def _masked_repr(self: Any) -> str:
    fields = ", ".join(
        f"{name}={'***' if name in type(self).__sensitive__ else repr(getattr(self, name))}"
        for name in self.__struct_fields__
    )
    return f"{type(self).__name__}({fields})"


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class MessageMeta(msgspec.StructMeta):
    """Makes every Message a frozen Struct, and keeps the `proto=` name apart from msgspec's own options."""

    def __new__(
        mcls,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        proto: str = "",
        sensitive: tuple[str, ...] = (),
        **config: Any,
    ) -> Any:
        if sensitive:
            namespace.setdefault("__repr__", _masked_repr)
        if "rename" not in config:
            config["rename"] = wire_name
        cls = super().__new__(mcls, name, bases, namespace, frozen=True, **config)
        # A Struct's class takes no new attributes through its instances, but the class itself does.
        type.__setattr__(cls, "__proto__", proto)
        type.__setattr__(
            cls, "__sensitive__", frozenset(sensitive).union(*(getattr(base, "__sensitive__", ()) for base in bases))
        )
        return cls


class Message(msgspec.Struct, metaclass=MessageMeta, forbid_unknown_fields=True):
    """An immutable value of a contract: `class Product(Message): id: str`.

    Field types: bool, int (and the sized ints of this module), float, str, bytes, an Enum with a zero, aware datetime,
    date, timedelta, UUID, Decimal, other Messages, `tuple[T, ...]`, `Mapping[str, T]`, `T | None`, tagged unions.
    A field whose name is a Python keyword takes a trailing underscore: `from_` is `from` on the wire.
    `class Money(Message, proto="hipstershop.Money")` names the protobuf message; without it the package of the
    contract that stands in the same file is used.
    `class Card(Message, sensitive=("number",))`: such a field shows itself to nobody, whoever prints or logs the message.
    Constraints are `Annotated[int, msgspec.Meta(ge=1)]`; they hold at every edge.
    """

    __proto__: ClassVar[str]
    __sensitive__: ClassVar[frozenset[str]]


def home_of(module_name: str) -> str:
    """The Pangaea module that a Python module belongs to: `modules.catalog.contract` -> `catalog`."""
    parts = [part for part in module_name.split(".") if part]
    if parts == ["__main__"]:
        file = getattr(sys.modules["__main__"], "__file__", None) or "main"
        parts = [file.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".py")]
    if len(parts) > 2 and parts[0] == "modules":
        return parts[1]
    if len(parts) > 1 and parts[-1] in ("contract", "module", "domain", "settings", "storage", "http"):
        return parts[-2]
    return parts[-1]
