"""JSON schemas of messages as OpenAPI components: msgspec's, with the formats that it leaves out."""

from __future__ import annotations

import datetime
import types
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from ..module.numbers import RANGES, Sized

_REF = "#/components/schemas/{name}"
_INTEGERS = {"int32": "int32", "sint32": "int32", "sfixed32": "int32"}


class Schemas:
    """The components that these types need, and each type's own schema."""

    def __init__(self, annotations: Sequence[Any]) -> None:
        shapes, components = msgspec.json.schema_components(annotations, ref_template=_REF)
        self._shapes = {id(kind): with_format(shape, kind) for kind, shape in zip(annotations, shapes, strict=True)}
        self._kept = annotations  # their ids are keys
        self.components: dict[str, dict[str, Any]] = {name: _tidy(shape) for name, shape in components.items()}
        for cls in _classes(annotations):
            component = self.components.get(cls.__name__)
            for field in msgspec.structs.fields(cls) if component is not None else ():
                properties = self.components[cls.__name__].get("properties", {})
                if field.encode_name not in properties:
                    continue
                properties[field.encode_name] = with_format(properties[field.encode_name], field.type)
                if field.name in getattr(cls, "__sensitive__", ()):
                    properties[field.encode_name] |= {"format": "password"}

    def __call__(self, annotation: Any) -> dict[str, Any]:
        """A type's schema; messages and enums as references."""
        shape = self._shapes.get(id(annotation))
        if shape is None:
            (shape,), _ = msgspec.json.schema_components([annotation], ref_template=_REF)
            shape = with_format(shape, annotation)
        return shape


def with_format(shape: dict[str, Any], annotation: Any) -> dict[str, Any]:
    """The schema with `int32`, `int64` or `date-time` where the annotation means that."""
    extras: tuple[Any, ...] = ()
    options = get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else ()
    if len(options) == 2 and type(None) in options and "anyOf" in shape:
        (inner,) = (option for option in options if option is not type(None))
        return {
            **shape,
            "anyOf": [one if one == {"type": "null"} else with_format(one, inner) for one in shape["anyOf"]],
        }
    if get_origin(annotation) is Annotated:
        annotation, extras = get_args(annotation)[0], annotation.__metadata__
    if get_origin(annotation) is tuple and isinstance(shape.get("items"), dict):
        return {**shape, "items": with_format(shape["items"], get_args(annotation)[0])}
    if annotation is int and shape.get("type") == "integer":
        sized = next((extra.proto for extra in extras if isinstance(extra, Sized)), "int64")
        if sized != "int64":
            lowest, highest = RANGES[sized]
            shape = {"minimum": lowest, "maximum": highest, **shape}
        return {**shape, "format": _INTEGERS.get(sized, "int64")} if not sized.startswith(("u", "f")) else shape
    if annotation is datetime.datetime and shape.get("type") == "string":
        return {**shape, "format": "date-time"}
    return shape


def without_null(shape: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema: a parameter that is not given is absent, it is never null."""
    options = [one for one in shape.get("anyOf", ()) if one != {"type": "null"}]
    if len(options) == 1:
        return {**{name: value for name, value in shape.items() if name != "anyOf"}, **options[0]}
    return shape


def _classes(annotations: Sequence[Any]) -> Iterator[type[msgspec.Struct]]:
    seen: set[Any] = set()
    todo = list(annotations)
    while todo:
        annotation = todo.pop()
        todo += get_args(annotation)
        if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct) and annotation not in seen:
            seen.add(annotation)
            todo += [field.type for field in msgspec.structs.fields(annotation)]
            yield annotation


def _tidy(shape: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shape.items() if not (name == "required" and not value)}
