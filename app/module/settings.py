"""Settings: the typed section of the configuration that a module asks for."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, dataclass_transform

import msgspec

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class SettingsMeta(msgspec.StructMeta):
    """Makes every Settings class frozen, keyword-only and closed to unknown keys."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **config: Any) -> Any:
        options: dict[str, Any] = {"frozen": True, "kw_only": True, "forbid_unknown_fields": True, **config}
        return super().__new__(mcls, name, bases, namespace, **options)


class Settings(msgspec.Struct, metaclass=SettingsMeta):
    """A module's section: `class CartSettings(Settings): max_lines: int = 100`, read from `[modules.cart]`."""


class Secret(Generic[T]):
    """A value that shows itself only to whoever asks: `Secret[str]` in Settings; `.reveal()` to use it."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """The value itself. Never log it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))
