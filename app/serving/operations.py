"""Contracts' routes as OpenAPI operations, written from their specs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, get_args, get_origin

import msgspec

from ..ambient import Metadata
from ..module.contract import ANYONE_KNOWN
from ..module.failure import Failure, canonical
from ..module.spec import MethodSpec
from .bodies import body_type
from .problems import kind_of_status, member_of, phrase, title_of, type_of
from .schemas import without_null

Schema = Callable[[Any], dict[str, Any]]
"""A type's JSON schema."""
PROBLEM = "#/components/schemas/Problem"
BEARER = "bearer"
"""The one security scheme. Where it is asked for, the roles of which the caller needs one stand beside it."""

_MEANINGS = {
    400: "The request cannot be read, or is wrong whatever the state of the system.",
    401: "Nobody vouches for the caller, or the token that came with the request is not valid.",
    403: "The caller is known and may not.",
    413: "The body is larger than is taken here.",
    415: "The body is no JSON.",
    429: "A limit is used up for now.",
    500: "Something broke; what, is logged here and told nobody.",
    503: "Whoever should answer cannot be reached right now.",
    504: "Time ran out; the work may or may not have happened.",
}
_HEADERS = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}


def types_of(method: MethodSpec) -> list[Any]:
    """Every type that stands in the description of a method."""
    types = [field.type for field in msgspec.structs.fields(method.request)]
    for failure in method.raises:
        types += failure.field_types().values()
    return [found for found in (*types, body_type(method), answered(method)) if found is not None]


def operation(method: MethodSpec, schema: Schema) -> dict[str, Any]:
    """One operation."""
    route = method.route
    assert route is not None
    summary, description, about = read_doc(method.doc)
    fields = {field.encode_name: field for field in msgspec.structs.fields(method.request)}
    parameters = [_parameter("path", name, fields[name], schema, about) for name in route.path_fields]
    parameters += [_parameter("query", name, fields[wire], schema, about) for name, wire in route.query_fields]
    said: dict[str, Any] = {
        "operationId": method.full_name,
        "tags": [method.contract.__name__],
        "summary": summary or method.name.replace("_", " ").capitalize(),
    }
    if description:
        said["description"] = description
    parameters += [_header(known, about) for known in method.declaration.metadata if known.header]
    if parameters:
        said["parameters"] = parameters
    if (body := body_type(method)) is not None:
        content: dict[str, Any] = {"required": True, "content": {"application/json": {"schema": schema(body)}}}
        if route.body in about:
            content["description"] = about[route.body]
        said["requestBody"] = content
    if method.requires:
        said["security"] = [{BEARER: sorted(set(method.requires) - {ANYONE_KNOWN})}]
    said["responses"] = _responses(method, schema)
    return said


def _parameter(
    place: str, name: str, field: msgspec.structs.FieldInfo, schema: Schema, about: Mapping[str, str]
) -> dict[str, Any]:
    shape = without_null(schema(field.type))
    said: dict[str, Any] = {"name": name, "in": place, "required": place == "path" or field.required}
    if text := about.get(name) or about.get(field.encode_name) or shape.get("description"):
        said["description"] = text
    if field.default is not msgspec.NODEFAULT and field.default is not None:
        shape = {**shape, "default": msgspec.to_builtins(field.default)}
    said["schema"] = shape
    if place == "query" and (
        get_origin(field.type) is tuple or any(get_origin(a) is tuple for a in get_args(field.type))
    ):
        said["explode"] = True
    return said


def answered(method: MethodSpec) -> Any:
    """The type of the body of a success: the result, or the one field of it that the route answers with."""
    field = method.declaration.answer
    if not field or method.result is None:
        return method.result
    return next(one.type for one in msgspec.structs.fields(method.result) if one.name == field)


def _header(known: Metadata[Any], about: Mapping[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {"name": known.header, "in": "header", "required": False}
    if text := about.get(known.name):
        said["description"] = text
    said["schema"] = msgspec.json.schema(known.type)
    return said


def _responses(method: MethodSpec, schema: Schema) -> dict[str, Any]:
    status = method.declaration.status or (204 if method.result is None else 200)
    success: dict[str, Any] = {"description": phrase(status)}
    if method.result is not None:
        success["content"] = {"application/json": {"schema": schema(answered(method))}}
    by_status: dict[int, list[type[Failure]]] = {status: [] for status in _possible(method)}
    for failure in method.raises:
        by_status.setdefault(failure.status, []).append(failure)
    responses = {str(status): success}
    for error in sorted(by_status):
        responses[str(error)] = _error(error, by_status[error])
    return responses


def _possible(method: MethodSpec) -> list[int]:
    """What can happen to any request of this route, whatever its contract declares."""
    assert method.route is not None
    allowed = [403] if method.requires else []
    body = [413, 415] if method.route.body else []
    return [400, 401, *allowed, *body, 429, 500, 503, 504]


def _error(status: int, failures: list[type[Failure]]) -> dict[str, Any]:
    own = [failure for failure in failures if failure.__own__]
    if not own:
        return {"$ref": f"#/components/responses/{response_name(status)}"}
    shapes = [{"$ref": f"#/components/schemas/{problem_name(failure)}"} for failure in own]
    if len(own) < len(failures) or status in _MEANINGS:
        shapes.append({"$ref": PROBLEM})
    about = "; ".join(filter(None, (_first_line(failure) for failure in own)))
    said = response(status, shapes[0] if len(shapes) == 1 else {"anyOf": shapes})
    return {**said, "description": about or phrase(status)}


def response(status: int, shape: Mapping[str, Any]) -> dict[str, Any]:
    """A problem response."""
    said: dict[str, Any] = {
        "description": _MEANINGS.get(status, phrase(status)),
        "content": {"application/problem+json": {"schema": dict(shape)}},
    }
    if (header := _HEADERS.get(status)) is not None:
        said["headers"] = {header: {"schema": {"type": "string"}}}
    return said


def response_name(status: int) -> str:
    """`#/components/responses/NotFound`."""
    return phrase(status).replace(" ", "").replace("-", "")


def problem_name(failure: type[Failure]) -> str:
    """The schema of a declared failure's problem."""
    return f"{failure.__name__}Problem"


def problem_schema(failure: type[Failure], schema: Schema) -> dict[str, Any]:
    """A declared failure's problem: its type, its fields."""
    types = {member_of(name): schema(kind) for name, kind in failure.field_types().items()}
    said: dict[str, Any] = {
        "title": title_of(failure),
        "allOf": [{"$ref": PROBLEM}],
        "type": "object",
        "properties": {
            "type": {"const": type_of(failure)},
            "status": {"const": failure.status},
            "kind": {"const": canonical(failure).kind},
            **types,
        },
        "required": ["type", *types],
    }
    if about := _first_line(failure):
        said["description"] = about
    return said


def plain_problem() -> dict[str, Any]:
    """RFC 9457's members and ours."""
    return {
        "title": "Problem",
        "description": "RFC 9457 problem details.",
        "type": "object",
        "properties": {
            "type": {"type": "string", "format": "uri-reference", "description": "about:blank where the status says all."},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "One sentence for people."},
            "kind": {"type": "string", "description": "The canonical gRPC code, such as NOT_FOUND."},
            "in": {"enum": ["body", "query", "path", "headers", "header", "cookie"]},
            "field": {"type": "string", "description": "What is wrong, such as items[0].quantity."},
            "pointer": {"type": "string", "format": "json-pointer", "description": "The same in the body (RFC 6901)."},
        },
        "required": ["type", "title", "status", "detail", "kind"],
        "examples": [{"type": "about:blank", "title": phrase(404), "status": 404,
                      "detail": "nothing is served at /nowhere", "kind": kind_of_status(404)}],
    }  # fmt: skip


def _first_line(thing: type[Any]) -> str:
    return (thing.__dict__.get("__doc__") or "").strip().partition("\n")[0]


_ABOUT = re.compile(r"^(\w+): (.+)$")


def read_doc(doc: str) -> tuple[str, str, dict[str, str]]:
    """A method's docstring as its first sentence, the rest, and what lines such as `id: as the catalogue has it` say."""
    summary, _, rest = doc.partition("\n")
    about: dict[str, str] = {}
    kept: list[str] = []
    for line in rest.splitlines():
        if (found := _ABOUT.match(line)) is not None:
            about[found[1]] = found[2]
        else:
            kept.append(line)
    return summary.strip(), "\n".join(kept).strip(), about
