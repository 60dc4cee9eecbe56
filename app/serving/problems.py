"""Every failure as RFC 9457 problem+json: what goes wrong reaches the client in one shape, and never with its text
unless that text was written for the client."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import msgspec

from ..module.failure import KINDS, Failure
from ..module.message import home_of, wire_name
from .answers import Answer, Headers, encode

PROBLEM_JSON = b"application/problem+json"
RESERVED = frozenset({"type", "title", "status", "detail", "instance", "kind"})
"""Members of a problem; a failure's field of such a name gets a trailing underscore."""
INTERNAL_DETAIL = "something broke on our side; what it was has been logged"

_in_order = msgspec.json.Encoder().encode
_PHRASES = {413: "Content Too Large", 422: "Unprocessable Content", 499: "Client Closed Request"}
"""Where Python's words are older than RFC 9110, or there are none."""
_KIND_BY_STATUS = {
    **{kind.status: kind.kind for kind in reversed(KINDS)},
    400: "INVALID_ARGUMENT",
    405: "UNIMPLEMENTED",
    409: "ABORTED",
    413: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    502: "UNAVAILABLE",
}
_EXTRA: dict[int, Headers] = {
    401: [(b"www-authenticate", b"Bearer")],
    429: [(b"retry-after", b"1")],
    503: [(b"retry-after", b"1")],
}


class BadRequest(Exception):
    """A request that cannot be read. `place` is `body`, `query`, `path` or `headers`; `field` names what is wrong in
    it (`items[0].quantity`), `pointer` the same in the body as a JSON pointer (RFC 6901)."""

    def __init__(self, detail: str, *, status: int = 400, place: str = "", field: str = "", pointer: str = "") -> None:
        super().__init__(detail)
        self.detail, self.status = detail, status
        self.members = {name: value for name, value in (("in", place), ("field", field), ("pointer", pointer)) if value}


def problem(
    status: int, detail: str = "", members: Mapping[str, Any] | None = None, *, extra: Headers | None = None
) -> Answer:
    """A problem that is no failure of a contract: `type` is about:blank and `title` the status's own, as the RFC asks."""
    body = {
        "type": "about:blank",
        "title": phrase(status),
        "status": status,
        "detail": detail or phrase(status),
        "kind": kind_of_status(status),
        **(members or {}),
    }
    headers = extra or []
    given = {name for name, _ in headers}
    headers = [*headers, *(header for header in _EXTRA.get(status, ()) if header[0] not in given)]
    return Answer(status, _in_order(body), PROBLEM_JSON, headers)


def bad_request(bad: BadRequest) -> Answer:
    """A request that cannot be read, as a problem that says where."""
    return problem(bad.status, bad.detail, members=bad.members)


def broke() -> Answer:
    """What a client sees of an exception that nobody declared: no text of it."""
    return problem(500, INTERNAL_DETAIL)


def failure_problem(failure: Failure) -> Answer:
    """A failure as a problem: its own `type` and title where it is declared, its fields beside RFC 9457's members."""
    cls = type(failure)
    about, title, fields = _shape(cls)
    body: dict[str, Any] = {
        "type": about,
        "title": title,
        "status": cls.status,
        "detail": failure.text or title,
        "kind": cls.kind,
    }
    for name, member in fields:
        body[member] = msgspec.Raw(encode(getattr(failure, name)))
    return Answer(cls.status, _in_order(body), PROBLEM_JSON, _EXTRA.get(cls.status))


def type_of(failure: type[Failure]) -> str:
    """The problem type of a failure: `urn:problem-type:catalog:no-such-product`; about:blank for a bare kind."""
    if not failure.__own__:
        return "about:blank"
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", failure.__name__).lower()
    return f"urn:problem-type:{home_of(failure.__module__)}:{words}"


def title_of(failure: type[Failure]) -> str:
    """`NoSuchProduct` is "No such product"; a bare kind has its status's title."""
    if not failure.__own__:
        return phrase(failure.status)
    return type_of(failure).rpartition(":")[2].replace("-", " ").capitalize()


def member_of(field: str) -> str:
    """The name of a failure's field among a problem's members."""
    wire = wire_name(field)
    return f"{wire}_" if wire in RESERVED else wire


@lru_cache(1024)
def _shape(failure: type[Failure]) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    return type_of(failure), title_of(failure), tuple((name, member_of(name)) for name in failure.__fields__)


def phrase(status: int) -> str:
    """The words that HTTP has for a status."""
    if status in _PHRASES:
        return _PHRASES[status]
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def kind_of_status(status: int) -> str:
    """The canonical kind that comes closest to a status."""
    if (kind := _KIND_BY_STATUS.get(status)) is not None:
        return kind
    return "INTERNAL" if status >= 500 else "INVALID_ARGUMENT"
