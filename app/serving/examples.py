"""Examples in the API's description: of every message, parameter, body and answer, made of what the fields' own
`Meta(examples=[…])` say and, where they say nothing, of their types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Shape = Mapping[str, Any]

_REF = "#/components/schemas/"
_BY_FORMAT = {
    "date-time": "2026-01-31T12:00:00Z",
    "date": "2026-01-31",
    "duration": "PT1H30M",
    "uuid": "7f9c24e8-3b12-4c4e-9a40-6f2d1a9b5c01",
    "decimal": "19.99",
    "email": "someone@example.com",
    "password": "a long secret that nobody guesses",
}
_MISSING = object()


class Examples:
    """Makes examples of the schemas of one document."""

    def __init__(self, components: Mapping[str, Shape]) -> None:
        self._components = components

    def fill(self, document: dict[str, Any]) -> None:
        """Put an example wherever the document has none: components, parameters, JSON bodies and answers."""
        components = document["components"]["schemas"]
        made = {name: self._of(shape, (name,)) for name, shape in components.items() if "properties" in shape}
        for name, example in made.items():
            components[name].setdefault("examples", [example])
        for operation in _operations(document):
            for parameter in operation.get("parameters", ()):
                if "schema" in parameter and not parameter.keys() & {"example", "examples"}:
                    parameter["example"] = self.of(parameter["schema"])
            for content in _contents(operation):
                if "schema" in content and not content.keys() & {"example", "examples"}:
                    content["example"] = self.of(content["schema"])

    def of(self, shape: Shape) -> Any:
        """A value of a schema; a message inside itself is left out, or None where it may be."""
        value = self._of(shape, ())
        return None if value is _MISSING else value

    def _of(self, shape: Shape, inside: tuple[str, ...]) -> Any:
        if reference := shape.get("$ref"):
            name = reference.removeprefix(_REF)
            return _MISSING if name in inside else self._of(self._components.get(name, {}), (*inside, name))
        for said in ("examples", "enum"):
            if shape.get(said):
                return shape[said][0]
        for said in ("const", "default"):
            if shape.get(said):  # a default that is nothing shows nothing
                return shape[said]
        for options in ("oneOf", "anyOf"):
            if options in shape:
                made = [self._of(one, inside) for one in shape[options] if one != {"type": "null"}]
                return next((one for one in made if one is not _MISSING), None)
        if "allOf" in shape:
            return self._merged(shape, inside)
        return self._plain(shape, inside)

    def _plain(self, shape: Shape, inside: tuple[str, ...]) -> Any:
        match shape.get("type"):
            case "object":
                return self._members(shape, inside)
            case "array":
                item = self._of(shape.get("items", {}), inside)
                return [] if item is _MISSING else [item]
            case "string":
                return _BY_FORMAT.get(shape.get("format", ""), "text")
            case "integer":
                return max(1, shape.get("minimum", 1))
            case "number":
                return max(1.5, shape.get("minimum", 1.5))
            case "boolean":
                return True
            case _:
                return None

    def _members(self, shape: Shape, inside: tuple[str, ...]) -> dict[str, Any]:
        made = {name: self._of(one, inside) for name, one in shape.get("properties", {}).items()}
        return {name: value for name, value in made.items() if value is not _MISSING}

    def _merged(self, shape: Shape, inside: tuple[str, ...]) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for part in shape["allOf"]:
            found = self._of(part, inside)
            merged |= found if isinstance(found, dict) else {}
        words = {"title": shape.get("title"), "detail": shape.get("description")}  # what a problem says of itself
        merged |= {name: said for name, said in words.items() if said and name in merged}
        return merged | self._members(shape, inside)


def _operations(document: Mapping[str, Any]) -> Iterator[Any]:
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                yield operation


def _contents(operation: Mapping[str, Any]) -> Iterator[Any]:
    """The JSON of a request and of its successes: problems carry their own examples in their schemas."""
    said = [operation["requestBody"]] if "requestBody" in operation else []
    said += [answer for status, answer in operation.get("responses", {}).items() if status < "400"]
    for one in said:
        yield from (content for kind, content in one.get("content", {}).items() if kind == "application/json")
