"""The API's description: OpenAPI 3.1 of contracts' routes and modules' controllers, and the page that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import msgspec

from ..module.spec import ContractSpec, MethodSpec
from .answers import Answer
from .controller_docs import controller_paths
from .examples import Examples
from .front import Page
from .operations import (
    BEARER,
    operation,
    plain_problem,
    problem_name,
    problem_schema,
    response,
    response_name,
    types_of,
)
from .schemas import Schemas

_PAGE_HEADERS = [
    (b"content-security-policy",
     b"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:"),
    (b"x-content-type-options", b"nosniff"),
]  # fmt: skip
_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "`Authorization: Bearer <token>`. A token that is not valid is answered 401 wherever it is sent.",
}


class Description:
    """Made when it is first asked for: starting pays nothing for it."""

    def __init__(self, specs: Sequence[ContractSpec], title: str = "Pangaea", version: str = "") -> None:
        self._specs, self._title, self._version = specs, title, version
        self._document: Answer | None = None
        self._page: Answer | None = None
        self.litestar: Any = None
        """The Litestar whose controllers are described too."""

    def pages(self) -> dict[str, Page]:
        """The page and the document, by path."""
        return {"/schema": self._html, "/schema/openapi.json": self._json}

    def document(self) -> dict[str, Any]:
        """The OpenAPI document."""
        methods = [method for spec in self._specs for method in spec.methods.values() if method.route is not None]
        types: list[Any] = []
        for method in methods:
            types += types_of(method)
        schema = Schemas(types)
        schemas = schema.components
        schemas["Problem"] = plain_problem()
        for method in methods:
            for failure in method.raises:
                if failure.__own__:
                    schemas[problem_name(failure)] = problem_schema(failure, schema)
        paths = _paths(methods, schema)
        tags = [{"name": spec.contract.__name__, "description": spec.doc} for spec in self._specs if _routed(spec)]
        if self.litestar is not None:
            controller_paths(self.litestar, paths, schemas)
        components: dict[str, Any] = {"schemas": dict(sorted(schemas.items())), "responses": _shared_responses()}
        if any(method.requires for method in methods):
            components["securitySchemes"] = {BEARER: _SCHEME}
        # In an order of their own: an edge may know its contracts in another order than a monolith does.
        document = {
            "openapi": "3.1.0",
            "info": {"title": self._title, "version": self._version or "0"},
            "servers": [{"url": "/"}],
            "tags": sorted(tags, key=lambda tag: tag["name"]),
            "paths": dict(sorted(paths.items())),
            "components": components,
        }
        Examples(schemas).fill(document)
        return document

    def _json(self) -> Answer:
        if self._document is None:
            self._document = Answer(200, msgspec.json.format(msgspec.json.encode(self.document())))
        return self._document

    def _html(self) -> Answer:
        if self._page is None:
            html = files(__name__.rpartition(".")[0]).joinpath("page.html").read_bytes()
            self._page = Answer(200, html, b"text/html; charset=utf-8", _PAGE_HEADERS)
        return self._page


def _paths(methods: Sequence[MethodSpec], schema: Any) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for method in methods:
        assert method.route is not None
        paths.setdefault(method.route.path, {})[method.route.verb.lower()] = operation(method, schema)
    return paths


def _routed(spec: ContractSpec) -> bool:
    return any(method.route is not None for method in spec.methods.values())


def _shared_responses() -> dict[str, Any]:
    shape = {"$ref": "#/components/schemas/Problem"}
    statuses = (400, 401, 403, 404, 409, 413, 415, 429, 499, 500, 501, 503, 504)
    return {response_name(status): response(status, shape) for status in statuses}
