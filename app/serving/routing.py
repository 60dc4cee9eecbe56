"""What can be known of contracts' routes before anything starts: two that clash, fields that nothing can fill."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import get_args, get_origin

import msgspec

from ..module.spec import ContractSpec, MethodSpec
from ..telling.refusals import Refusal
from ..telling.refusals.contracts import BadContract
from ..telling.refusals.serving import RouteTaken
from .requests import is_many, is_nested

_SLOT = re.compile(r"\{[^{}]*\}")
OWN_PATHS = ("/healthz", "/readyz", "/schema", "/schema/openapi.json")
"""Paths that the host serves itself."""


def check_routes(specs: Sequence[ContractSpec], own: Iterable[str] = OWN_PATHS) -> list[Refusal]:
    """Everything that is wrong with the routes of these contracts, taken together. Imports no Litestar."""
    refusals: list[Refusal] = []
    taken: dict[tuple[str, str], MethodSpec] = {}
    for spec in specs:
        for method in spec.methods.values():
            if method.route is None:
                continue
            refusals += _unfit(method)
            verb, path = method.route.verb, method.route.path
            shape = (verb, _SLOT.sub("{}", path.rstrip("/") or "/"))
            if path in own:
                refusals.append(RouteTaken(route=f"{verb} {path}", first="the host", second=method.full_name,
                                           sites=(method.site,)))  # fmt: skip
            elif (other := taken.setdefault(shape, method)) is not method:
                refusals.append(RouteTaken(route=f"{verb} {path}", first=other.full_name, second=method.full_name,
                                           sites=(other.site, method.site)))  # fmt: skip
    return refusals


def _unfit(method: MethodSpec) -> Iterable[Refusal]:
    route = method.route
    assert route is not None
    fields = {field.encode_name: field for field in msgspec.structs.fields(method.request)}
    for what, message in (("request", method.request), ("result", method.result)):
        try:
            msgspec.json.Decoder(message)
        except TypeError as error:
            yield _bad(method, f"has a {what} that JSON cannot say ({_why(error)})",
                       "constrain each field once, with types that JSON has")  # fmt: skip
    for name in route.path_fields:
        if is_many(fields[name].type) or is_nested(fields[name].type):
            yield _bad(method, f"has {name!r} in its path, which no path segment can hold",
                       "move it to the query or the body")  # fmt: skip
    for name, wire in route.query_fields:
        if is_nested(fields[wire].type) or _optional_tuple(fields[wire].type):
            yield _bad(method, f"has {name!r} in its query, which no text can hold", 'send it in the body: body="*"')
    if route.body == "*":
        return
    named = {*route.path_fields, *(wire for _, wire in route.query_fields), route.body}
    for wire, field in fields.items():
        if field.required and wire not in named:
            yield _bad(method, f"has a route that leaves {wire!r} unfilled, and it has no default",
                       f'put it into the path or the query, or write body="{wire}" or body="*"')  # fmt: skip


def _why(error: TypeError) -> str:
    return str(error).splitlines()[0].partition(", type `")[0].replace("`", "")


def _optional_tuple(annotation: object) -> bool:
    return any(get_origin(argument) is tuple for argument in get_args(annotation))


def _bad(method: MethodSpec, why: str, cure: str) -> BadContract:
    return BadContract(contract=method.contract.__name__, member=method.name, why=why, cure=cure, sites=(method.site,))
