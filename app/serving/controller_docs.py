"""Modules' controllers in the API's description: what Litestar writes of them, with this edge's errors."""

from __future__ import annotations

import json
from typing import Any

from .operations import PROBLEM, response_name

_REFS = "#/components/schemas/"


def controller_paths(litestar: Any, paths: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Add the controllers' operations to `paths` and their components to `schemas`."""
    document = _litestar_document(litestar)
    found: dict[str, Any] = document.get("components", {}).get("schemas", {})
    renamed = {name: _free_name(name, found[name], schemas) for name in found}
    text = json.dumps([document.get("paths", {}), found])
    for name, other in renamed.items():
        if name != other:
            text = text.replace(f'"{_REFS}{name}"', f'"{_REFS}{other}"')
    found_paths, found = json.loads(text)
    for name, shape in found.items():
        schemas.setdefault(renamed[name], shape)
    for path, item in found_paths.items():
        for verb, operation in item.items():
            if isinstance(operation, dict) and "responses" in operation:
                paths.setdefault(path, {}).setdefault(verb, _with_problems(operation))


def _litestar_document(litestar: Any) -> dict[str, Any]:
    from litestar.config.app import AppConfig
    from litestar.openapi.config import OpenAPIConfig
    from litestar.openapi.plugins import JsonRenderPlugin

    plugin = litestar.plugins.get("OpenAPIPlugin")
    config = OpenAPIConfig(title="", version="", use_handler_docstrings=True, render_plugins=[JsonRenderPlugin()])
    # The plugin has seen every route. Given a configuration it would also serve the document by a router of its own:
    # that goes into an application's configuration which nobody uses.
    plugin.on_app_init(AppConfig(openapi_config=config))
    return plugin.provide_openapi_schema()


def _free_name(name: str, shape: Any, taken: dict[str, Any]) -> str:
    """A contract's message keeps its schema; another class of its name gets another name."""
    free, number = name, 1
    while free in taken and set(taken[free].get("properties", ())) != set(shape.get("properties", ())):
        number += 1
        free = f"{name}{number}"
    return free


def _with_problems(operation: dict[str, Any]) -> dict[str, Any]:
    responses = {status: shape for status, shape in operation["responses"].items() if status < "400"}
    for status, shape in operation["responses"].items():
        if status >= "400":
            content = {"application/problem+json": {"schema": {"$ref": PROBLEM}}}
            responses[status] = {"description": shape.get("description", ""), "content": content}
    errors = (400, 401, *((413,) if "requestBody" in operation else ()), 500, 503, 504)
    for status in errors:
        responses[str(status)] = {"$ref": f"#/components/responses/{response_name(status)}"}
    said = {**operation, "responses": responses}
    if said.get("deprecated") is False:
        del said["deprecated"]
    return said
