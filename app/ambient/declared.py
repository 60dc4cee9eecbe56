"""Declared metadata: the values of a request that travel beside its calls."""

from __future__ import annotations

import weakref
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Generic, TypeVar

from .scope import NOTHING, Ambient, current, using

T = TypeVar("T")


class Metadata(Generic[T]):
    """A typed value that travels with every call of a scope: `request_id = Metadata("request_id", str)`.

    `with request_id.set("r-1"): …` and `request_id.get()`. Declared once, at the top of a contract's file. header: the
    HTTP header that carries it to REST routes of methods which name it: `@command(metadata=[request_id])`. internal:
    between this deployment's processes alone; from outside it is not taken, and outside it is not told."""

    declared: ClassVar[weakref.WeakValueDictionary[str, Metadata[Any]]] = weakref.WeakValueDictionary()

    def __init__(self, name: str, type: type[T], *, header: str = "", internal: bool = False) -> None:
        self.name = name
        self.type = type
        self.header, self.internal = header, internal
        Metadata.declared[name] = self

    def get(self) -> T | None:
        """The value in force, or None."""
        ambient = current()
        return ambient.metadata.get(self.name) if ambient else None

    def set(self, value: T) -> AbstractContextManager[Ambient]:
        """Let a value travel with the calls made inside."""
        ambient = current() or NOTHING
        return using(ambient.with_(metadata={**ambient.metadata, self.name: value}))
