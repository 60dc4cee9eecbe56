"""SQLAlchemy's asyncio engine without its ORM: 45 ms and 7 MB for each process that has a database.

Both come through one door, the package `sqlalchemy.ext.asyncio`, whose file imports its sessions and with them the ORM.
Here the door stays shut until somebody asks for what is behind it, such as a session; the engine lies beside it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection as AsyncConnection
    from sqlalchemy.ext.asyncio import AsyncEngine as AsyncEngine
    from sqlalchemy.ext.asyncio import create_async_engine as create_async_engine


def open_later(name: str) -> None:
    """Have a package in `sys.modules` whose own file is run at the first question for what it has not got yet; its
    submodules can be imported before. Nothing happens where it is there already."""
    if name in sys.modules:
        return
    parent, _, last = name.rpartition(".")
    spec = find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    loader, package = spec.loader, module_from_spec(spec)

    def ask(attribute: str) -> Any:
        if find_spec(f"{name}.{attribute}") is not None:
            return import_module(f"{name}.{attribute}")
        del package.__dict__["__getattr__"]
        loader.exec_module(package)
        return getattr(package, attribute)

    package.__dict__["__getattr__"] = ask
    sys.modules[name] = package
    setattr(sys.modules[parent], last, package)


if not TYPE_CHECKING:
    open_later("sqlalchemy.ext.asyncio")
    _engine = import_module("sqlalchemy.ext.asyncio.engine")
    AsyncConnection, AsyncEngine = _engine.AsyncConnection, _engine.AsyncEngine
    create_async_engine = _engine.create_async_engine
