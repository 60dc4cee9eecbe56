"""Annotations as types: text is read where it was written."""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Mapping
from typing import Annotated, Any, ForwardRef, Literal, get_args, get_origin, get_type_hints

from ..telling.drawing import near_misses
from .keys import NoKey
from .neighbours import Neighbours

_NOTHING: Mapping[str, Any] = {}


def evaluate(
    annotation: Any, function: Any, neighbours: Neighbours | None = None, home: type[Any] | None = None
) -> Any:
    """An annotation as a type. Text is evaluated where the function was written, and then where its class (`home`) and
    that one's bases were: a generated `__init__` stands in none of their files. Raises NoKey."""
    text = isinstance(annotation, str)
    if not text and not _holds_text(annotation):
        return annotation
    space: dict[str, Any] = getattr(function, "__globals__", None) or vars(inspect.getmodule(function) or types)
    local = neighbours.of(function) if neighbours is not None else _NOTHING
    if text and not local and (found := space.get(annotation)) is not None:
        return found
    try:
        if text:
            return evaluate(eval(annotation, space, dict(local)), function, neighbours)
        inside = types.SimpleNamespace(__annotations__={"it": annotation})
        return get_type_hints(inside, space, dict(local), include_extras=True)["it"]
    except NameError as error:
        for base in home.__mro__[:-1] if home is not None and text else ():
            try:
                return eval(annotation, dict(vars(sys.modules[base.__module__])))
            except Exception:  # not there either
                continue
        cure = "import the name at the top of the file, outside `if TYPE_CHECKING`"
        known = [name for name in {**space, **local} if not name.startswith("_")]
        near = near_misses(str(error.name), known)
        raise NoKey(f"is {annotation!r}, and {error}", cure, unreadable=True, near=near) from None
    except Exception as error:
        if isinstance(error, NoKey):
            raise
        raise NoKey(f"is {annotation!r}, which cannot be read ({error})", "annotate it with a type") from None


def _holds_text(annotation: Any) -> bool:
    """Whether there is text inside, as in `Optional["Store"]`."""
    if isinstance(annotation, ForwardRef):
        return True
    if isinstance(annotation, type) and not hasattr(annotation, "__args__"):
        return False
    inside = get_args(annotation)
    if get_origin(annotation) is Annotated:
        inside = inside[:1]
    return get_origin(annotation) is not Literal and any(isinstance(arg, str) or _holds_text(arg) for arg in inside)
