"""JSON bodies read strictly: unknown fields, wrong types and broken text are told with where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, get_args

import msgspec

from ..module.spec import MethodSpec
from ..telling.drawing import near_misses
from .narrow import Look, looker
from .problems import BadRequest

_WRONG = re.compile(r"^(?P<what>.*?)(?: - at `(?P<key>key` in `)?\$(?P<path>[^`]*)`)?$", re.DOTALL)
EXPECTED = re.compile(r"^Expected `(?P<type>[^`]+)`(?:, got `(?P<got>[^`]+)`)?(?P<rest>.*)$", re.DOTALL)
_MEMBER = re.compile(r"^Object (?P<how>missing required|contains unknown) field `(?P<name>[^`]*)`$")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")


def body_reader(method: MethodSpec) -> Callable[[bytes], Any]:
    """How the body is read: into the request, into what is left of it, or into the values of its fields."""
    assert method.route is not None
    annotation, body = body_type(method), method.route.body
    if annotation is None:
        return _no_body
    decode = _decoder(annotation)
    if body == "*":
        return decode
    (name,) = (field.name for field in msgspec.structs.fields(method.request) if field.encode_name == body)
    return lambda content: {name: decode(content)}


def body_type(method: MethodSpec) -> Any:
    """What the body holds: the request's class, a class made of what path and query leave of it, a field's type, or
    None where the route takes none."""
    route = method.route
    assert route is not None
    if not route.body:
        return None
    fields = {field.encode_name: field for field in msgspec.structs.fields(method.request)}
    if route.body != "*":
        return fields[route.body].type
    taken = {*route.path_fields, *(wire for _, wire in route.query_fields)}
    if not taken:
        return method.request
    key = (method.contract, method.name)
    if key in _left:
        return _left[key]
    rest = [field for wire, field in fields.items() if wire not in taken]
    _left[key] = msgspec.defstruct(
        f"{method.wire}Body",
        [(field.name, field.type, *_default(field)) for field in rest],
        module=method.contract.__module__,
        rename={field.name: field.encode_name for field in rest},
        forbid_unknown_fields=True,
        kw_only=True,
    )
    return _left[key]


_left: dict[tuple[type, str], type[msgspec.Struct]] = {}
"""What path and query leave to the body, by contract and method: one class for reading and for describing it."""


def _default(field: Any) -> Iterator[Any]:
    if field.default is not msgspec.NODEFAULT or field.default_factory is not msgspec.NODEFAULT:
        yield (
            field.default
            if field.default is not msgspec.NODEFAULT
            else msgspec.field(default_factory=field.default_factory)
        )


def _no_body(content: bytes) -> dict[str, Any]:
    if content.strip() not in (b"", b"{}"):
        raise BadRequest("this route takes no body", place="body")
    return {}


def _decoder(annotation: Any) -> Callable[[bytes], Any]:
    decode = msgspec.json.Decoder(annotation).decode
    look = looker(annotation)
    names = sorted(_names(annotation, set()))

    def read(content: bytes) -> Any:
        if not content:
            raise BadRequest("the request has no body; JSON is expected", place="body")
        try:
            value = decode(content)
        except msgspec.ValidationError as error:
            raise bad_value(str(error), names) from None
        except (msgspec.DecodeError, UnicodeError) as error:
            raise BadRequest(f"the body is not JSON: {_malformed(error)}", place="body") from None
        except RecursionError:
            raise BadRequest("the body is nested too deeply", place="body") from None
        if look is not None:
            complain(look, value)
        return value

    return read


def _malformed(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "it is not valid UTF-8"
    text = str(error).removeprefix("JSON is malformed: ")
    return "it ends too early" if "truncated" in text else text


def _names(annotation: Any, seen: set[Any]) -> Iterator[str]:
    for argument in get_args(annotation):
        yield from _names(argument, seen)
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct) and annotation not in seen:
        seen.add(annotation)
        for field in msgspec.structs.fields(annotation):
            yield field.encode_name
            yield from _names(field.type, seen)


def bad_value(wrong: str, names: list[str]) -> BadRequest:
    """msgspec's sentence about a JSON body as ours: `items[0].quantity must be int, got str`."""
    found = _WRONG.match(wrong)
    assert found is not None
    what, path = found["what"], found["path"] or ""
    if (member := _MEMBER.match(what)) is not None:
        path = f"{path}.{member['name']}"
        if member["how"] == "missing required":
            what = "is missing"
        else:
            near = near_misses(member["name"], names)
            what = "is not known" + (f"; did you mean {near[0]!r}?" if near else "")
    elif (expected := EXPECTED.match(what)) is not None:
        got = f", got {expected['got']}" if expected["got"] else ""
        key = "have keys of" if found["key"] else "be"
        what = f"must {key} {expected['type']}{expected['rest']}{got}"
    else:
        what = f"is wrong: {what[:1].lower()}{what[1:].replace('`', '')}"
    return _at(path, what)


def complain(look: Look, value: Any) -> None:
    """Raise the first thing that is wrong with what was decoded."""
    for path, why in look(value):
        raise _at(path, why)


def _at(path: str, what: str) -> BadRequest:
    field = path.lstrip(".")
    pointer = ""
    for step in _STEP.finditer(path):
        if step[2] == "...":
            break  # msgspec does not say which key of a mapping
        pointer += "/" + (step[1] or step[2]).replace("~", "~0").replace("/", "~1")
    return BadRequest(f"{field or 'the body'} {what}", place="body", field=field, pointer=pointer)
