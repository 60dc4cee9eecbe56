"""Requests read: path, query string and JSON body into the arguments of a contract's method, or a BadRequest that
says where. Strings in path and query are converted; JSON is strict."""

from __future__ import annotations

import collections.abc
import types
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Union, get_args, get_origin
from urllib.parse import parse_qsl

import msgspec

from ..module.spec import MethodSpec
from ..telling.drawing import near_misses
from .bodies import EXPECTED, body_reader
from .narrow import Look, looker
from .problems import BadRequest

Read = Callable[[Mapping[str, Any], bytes, bytes], dict[str, Any]]
"""Path parameters, query string and body -> keyword arguments."""


def reader(method: MethodSpec) -> Read:
    """Compile how the requests of a method's route are read. The route has been checked (`routes.check_routes`)."""
    route = method.route
    assert route is not None
    fields = {field.encode_name: field for field in msgspec.structs.fields(method.request)}
    in_path = [(name, fields[name].name, _from_text("path", name, fields[name].type)) for name in route.path_fields]
    in_query = {
        name: (fields[wire].name, _from_texts(name, fields[wire].type), fields[wire].required)
        for name, wire in route.query_fields
    }
    required = [(name, python) for name, (python, _, needed) in in_query.items() if needed]
    taken = {*route.path_fields, *(wire for _, wire in route.query_fields)}
    read_body = body_reader(method)
    arguments = _arguments(method)
    whole = route.body == "*" and not taken

    def read(path: Mapping[str, Any], query: bytes, body: bytes) -> dict[str, Any]:
        if whole:
            if query:
                _read_query(query, {}, {})
            return arguments(read_body(body))
        values: dict[str, Any] = {}
        for name, python, convert in in_path:
            values[python] = convert(path[name])
        if query:
            _read_query(query, in_query, values)
        for name, python in required:
            if python not in values:
                raise BadRequest(f"the query parameter {name!r} is missing", place="query", field=name)
        found = read_body(body)
        if isinstance(found, dict):
            values.update(found)
        else:
            values.update({name: getattr(found, name) for name in found.__struct_fields__})
        return arguments(values)

    return read


def _arguments(method: MethodSpec) -> Callable[[Any], dict[str, Any]]:
    """From the request (a Message, or the values of its fields) to what the method is called with."""
    request = method.request
    if not method.sole:
        names = [parameter.name for parameter in method.parameters]
        return lambda found: found if isinstance(found, dict) else {name: getattr(found, name) for name in names}
    (parameter,) = (parameter.name for parameter in method.parameters)
    return lambda found: {parameter: request(**found) if isinstance(found, dict) else found}


# --- path and query -------------------------------------------------------------------------------------------------


def _read_query(query: bytes, known: Mapping[str, Any], values: dict[str, Any]) -> None:
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict")
    except UnicodeError:
        raise BadRequest("the query string is not valid UTF-8", place="query") from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in known:
            near = near_misses(name, known)
            hint = f"; did you mean {near[0]!r}?" if near else _known(known)
            raise BadRequest(f"there is no query parameter {name[:80]!r}{hint}", place="query", field=name[:80])
        found.setdefault(name, []).append(value)
    for name, texts in found.items():
        python, convert, _ = known[name]
        values[python] = convert(texts)


def _known(known: Mapping[str, Any]) -> str:
    return f"; there are: {', '.join(known)}" if known else "; this route takes none"


def _from_text(place: str, name: str, annotation: Any) -> Callable[[str], Any]:
    annotation = _given(annotation)
    if annotation is str:
        return str  # what it is already
    look = looker(annotation)

    def convert(text: str) -> Any:
        try:
            value = msgspec.convert(text, annotation, strict=False)
        except msgspec.ValidationError as error:
            raise _bad_text(place, name, text, str(error)) from None
        if look is not None:
            _complain(look, value, place, name)
        return value

    return convert


def _from_texts(name: str, annotation: Any) -> Callable[[list[str]], Any]:
    if is_many(annotation):
        look = looker(annotation)

        def convert_all(texts: list[str]) -> Any:
            try:
                values = msgspec.convert(texts, annotation, strict=False)
            except msgspec.ValidationError as error:
                raise _bad_text("query", name, ", ".join(texts), str(error)) from None
            if look is not None:
                _complain(look, values, "query", name)
            return values

        return convert_all
    one = _from_text("query", name, annotation)

    def convert_one(texts: list[str]) -> Any:
        if len(texts) > 1:
            raise BadRequest(f"the query parameter {name!r} is given {len(texts)} times", place="query", field=name)
        return one(texts[0])

    return convert_one


def _given(annotation: Any) -> Any:
    """The type of a value that is there: `T | None` is T, or the word `null` would stand for nothing."""
    if get_origin(annotation) is Annotated:
        inner = _given(get_args(annotation)[0])
        return Annotated[(inner, *annotation.__metadata__)]  # pyright: ignore[reportUnknownVariableType]
    if get_origin(annotation) in (Union, types.UnionType):
        left = [option for option in get_args(annotation) if option is not type(None)]
        return Union[tuple(left)]  # noqa: UP007  # made of what is known only now
    return annotation


def is_many(annotation: Any) -> bool:
    """Whether a query parameter of this type may be repeated."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return get_origin(annotation) is tuple


def is_nested(annotation: Any) -> bool:
    """Whether a type has no form as a string: messages and mappings, and tuples of these."""
    if get_origin(annotation) in (collections.abc.Mapping, dict):
        return True
    if isinstance(annotation, type):
        return issubclass(annotation, msgspec.Struct)
    return any(is_nested(argument) for argument in get_args(annotation) if argument is not Ellipsis)


def _bad_text(place: str, name: str, text: str, wrong: str) -> BadRequest:
    what = "path segment" if place == "path" else "query parameter"
    if (expected := EXPECTED.match(wrong.partition(" - at `")[0])) is not None:
        wrong = f"must be {expected['type']}{expected['rest']}"
    else:
        wrong = f"is wrong ({wrong[:1].lower()}{wrong[1:].replace('`', '')})"
    shown = text if len(text) <= 60 else f"{text[:60]}…"
    return BadRequest(f"the {what} {name!r} {wrong}; got {shown!r}", place=place, field=name)


def _complain(look: Look, value: Any, place: str, name: str) -> None:
    what = "path segment" if place == "path" else "query parameter"
    for _, why in look(value):
        raise BadRequest(f"the {what} {name!r} {why}", place=place, field=name)
