"""Words of the command line as a method's arguments: `id=6E92ZMYYFZ item.quantity=3 tags='["a"]'`."""

from __future__ import annotations

import enum
import re
import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from ..module.message import Message
from ..module.spec import MethodSpec
from ..telling.drawing import near_misses
from ..telling.refusals import Refused
from ..telling.refusals.commands import BadArgument


def usage(method: MethodSpec) -> str:
    """`Catalog.get_product id=<str>`, what may be left out in brackets."""
    words = [method.full_name]
    for field in msgspec.structs.fields(method.request):
        word = f"{field.encode_name}=<{_name(field.type)}>"
        words.append(word if field.required else f"[{word}]")
    return " ".join(words) + (" …" if method.streams_in else "")


def request_of(method: MethodSpec, words: Sequence[str], data: str | None = None) -> Message:
    """The request that words and JSON make. Raises Refused (BadArgument) saying which word and why."""
    tree = _json_object(method, data) if data is not None else {}
    given: set[str] = set()
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name:
            raise _bad(method, f"`{word}` is not name=value")
        if name in given:
            raise _bad(method, f"`{name}` is given twice")
        given.add(name)
        _put(method, tree, name, text)
    return request_from(method, tree)


def request_from(method: MethodSpec, value: object) -> Message:
    """A request from plain values, converted leniently: `"3"` makes an int. Raises Refused (BadArgument)."""
    _check_names(method, value, method.request, "")
    try:
        return msgspec.convert(value, method.request, strict=False)
    except msgspec.ValidationError as error:
        raise _bad(method, _sentence(str(error))) from None


def arguments_of(method: MethodSpec, request: Message) -> dict[str, Any]:
    """What the method is called with for a request."""
    if method.sole:
        return {method.parameters[0].name: request}
    return {parameter.name: getattr(request, parameter.name) for parameter in method.parameters}


def _json_object(method: MethodSpec, data: str) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(data)
    except msgspec.DecodeError as error:
        raise _bad(method, f"the data is no JSON ({error})") from None
    if not isinstance(value, dict):
        raise _bad(method, "the data is no JSON object")
    return value


def _put(method: MethodSpec, tree: dict[str, Any], name: str, text: str) -> None:
    """Set `a.b.c` in a tree, with the text read as what the field's type suggests."""
    *above, last = name.split(".")
    kind: Any = method.request
    for part in above:
        kind = _field_type(kind, part)
        below = tree.setdefault(part, {})
        if not isinstance(below, dict):
            raise _bad(method, f"`{part}` is given twice")
        tree = below
    tree[last] = _read(method, name, text, _field_type(kind, last))


def _read(method: MethodSpec, name: str, text: str, kind: Any) -> Any:
    kind = _plain(kind)
    if kind is str:
        return text
    if isinstance(kind, type) and issubclass(kind, enum.Enum) and text in kind.__members__:
        return kind[text].value
    if text[:1] in ("{", "[", '"'):
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            raise _bad(method, f"`{name}` is no JSON ({error})") from None
    return text


def _check_names(method: MethodSpec, value: object, kind: Any, path: str) -> None:
    """Refuse fields that there are not: converting would drop them without a word."""
    kind = _plain(kind)
    if isinstance(value, Mapping):
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            known = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
            for name, below in value.items():
                if name not in known:
                    listed = f"there are: {', '.join(known)}" if known else "there are none"
                    near = near_misses(str(name), known)
                    raise _bad(method, f"there is no field `{path}{name}`; {listed}", near)
                _check_names(method, below, known[name], f"{path}{name}.")
        elif get_args(kind):
            for name, below in value.items():
                _check_names(method, below, get_args(kind)[-1], f"{path}{name}.")
    elif isinstance(value, list) and get_origin(kind) is tuple:
        for index, below in enumerate(value):
            _check_names(method, below, get_args(kind)[0], f"{path}{index}.")


def _field_type(kind: Any, name: str) -> Any:
    kind = _plain(kind)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return next((field.type for field in msgspec.structs.fields(kind) if field.encode_name == name), Any)
    return get_args(kind)[-1] if get_args(kind) else Any


def _plain(kind: Any) -> Any:
    """The type inside `Annotated[…]` and `… | None`."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType):
        rest = [part for part in get_args(kind) if part is not type(None)]
        return _plain(rest[0]) if len(rest) == 1 else Any
    return kind


def _name(kind: Any) -> str:
    plain = _plain(kind)
    if get_origin(plain) is tuple:
        return f"{_name(get_args(plain)[0])}, …"
    return getattr(plain, "__name__", str(plain))


def _sentence(text: str) -> str:
    """msgspec's message with the field in front: ``$.item.quantity`` becomes `item.quantity`."""
    found = re.fullmatch(r"(.*?) - at `\$\.?(.*)`", text)
    text, path = (found[1], found[2]) if found else (text, "")
    return f"`{path}`: {text}" if path else text


def _bad(method: MethodSpec, why: str, near: tuple[str, ...] = ()) -> Refused:
    cure = f"pangaea call {usage(method)}"
    return Refused([BadArgument(method=method.full_name, why=why, cure=cure, near=near)])
