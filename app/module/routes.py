"""Contract routes: `"GET /api/products/search?q={query}"` read into its parts."""

from __future__ import annotations

import re
from dataclasses import dataclass

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")

_ROUTE = re.compile(r"^(?P<verb>[A-Z]+) (?P<path>/[^?\s]*)(?:\?(?P<query>\S+))?$")
_SLOT = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Route:
    """A REST route. `path_fields` and `query_fields` name request fields; `body` is `*`, a field's name, or empty."""

    verb: str
    path: str
    """With its slots: `/api/products/{id}`."""
    path_fields: tuple[str, ...]
    query_fields: tuple[tuple[str, str], ...]
    """Pairs of name in the query string and name of the request's field."""
    body: str = ""


class BadRoute(ValueError):
    """The text is no route; the message says why."""


def read_route(text: str, body: str = "") -> Route:
    """Read a route's text. Raises BadRoute; whether the fields exist is for the contract's check."""
    found = _ROUTE.match(text)
    if not found:
        raise BadRoute(f"{text!r} is not `VERB /path?name={{field}}`")
    verb, path, query = found["verb"], found["path"], found["query"]
    if verb not in VERBS:
        raise BadRoute(f"{verb} is not one of {', '.join(VERBS)}")
    slots = tuple(_SLOT.findall(path))
    if any(not slot.isidentifier() for slot in slots) or _SLOT.sub("", path).strip("/").count("{"):
        raise BadRoute(f"a slot in {path!r} is not a field's name")
    if len(set(slots)) != len(slots):
        raise BadRoute(f"{path!r} names a slot twice")
    pairs: list[tuple[str, str]] = []
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        slot = _SLOT.fullmatch(value) if value else None
        if not name or (value and (slot is None or not slot[1].isidentifier())):
            raise BadRoute(f"{part!r} is not `name={{field}}`")
        pairs.append((name, slot[1] if slot else name))
    if body and verb in ("GET", "DELETE"):
        raise BadRoute(f"{verb} carries no body")
    return Route(verb, path, slots, tuple(pairs), body)
