"""Pangaea: one codebase, one process or many, by configuration. This is the one face that module authors import.

The house, floor by floor; a room imports only from below:

    telling/       0  what the host says: steps, refusals, and how both are drawn
    module/        1  what a module is, inert: declaration, contract, message, failure, settings
    ambient/       1  what travels with a call: deadline, principal, trace, metadata
    config/        2  layers of configuration -> frozen typed sections that know where each value came from
    wiring/        3  how a process is joined: graph, container, lifecycle, background
    placing/       3  where things run: topologies, discovery, the check over the whole deployment
    calling/       3  how a call crosses: bindings, local callers, schema, the lean wire, gRPC, policy
    storing/       3  pools, sessions, migrations per module
    identity/      3  who is calling: tokens, and what the edges make of them
    serving/       4  HTTP: routes, controllers, OpenAPI, health
    observing/     4  listeners: logs, traces, metrics
    supervisor/    5  many processes on one machine, and the child's side of it
    host/          6  composes the rooms: check, wire, start, serve, drain, stop
    cli/ testing/  7  the command line; the test kit

Importing this module loads nothing else: each name is fetched when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .ambient import Metadata as Metadata
    from .ambient import Principal as Principal
    from .ambient import acting as acting
    from .ambient import deadline as deadline
    from .ambient import principal as principal
    from .ambient import remaining as remaining
    from .calling.connect import connect as connect
    from .host import Host as Host
    from .identity.tokens import Tokens as Tokens
    from .module.contract import ANYONE_KNOWN as ANYONE_KNOWN
    from .module.contract import Contract as Contract
    from .module.contract import command as command
    from .module.contract import in_threads as in_threads
    from .module.contract import query as query
    from .module.declaration import Group as Group
    from .module.declaration import GroupByName as GroupByName
    from .module.declaration import Module as Module
    from .module.declaration import Named as Named
    from .module.declaration import decorate as decorate
    from .module.declaration import invoke as invoke
    from .module.declaration import provide as provide
    from .module.declaration import supply as supply
    from .module.failure import Aborted as Aborted
    from .module.failure import AlreadyExists as AlreadyExists
    from .module.failure import Cancelled as Cancelled
    from .module.failure import DataLoss as DataLoss
    from .module.failure import DeadlineExceeded as DeadlineExceeded
    from .module.failure import FailedPrecondition as FailedPrecondition
    from .module.failure import Failure as Failure
    from .module.failure import Internal as Internal
    from .module.failure import InvalidArgument as InvalidArgument
    from .module.failure import NotFound as NotFound
    from .module.failure import OutOfRange as OutOfRange
    from .module.failure import PermissionDenied as PermissionDenied
    from .module.failure import ResourceExhausted as ResourceExhausted
    from .module.failure import Unauthenticated as Unauthenticated
    from .module.failure import Unavailable as Unavailable
    from .module.failure import Unimplemented as Unimplemented
    from .module.failure import Unknown as Unknown
    from .module.message import Message as Message
    from .module.numbers import Fixed32 as Fixed32
    from .module.numbers import Fixed64 as Fixed64
    from .module.numbers import Float32 as Float32
    from .module.numbers import Int32 as Int32
    from .module.numbers import Int64 as Int64
    from .module.numbers import OneOf as OneOf
    from .module.numbers import SFixed32 as SFixed32
    from .module.numbers import SFixed64 as SFixed64
    from .module.numbers import SInt32 as SInt32
    from .module.numbers import SInt64 as SInt64
    from .module.numbers import UInt32 as UInt32
    from .module.numbers import UInt64 as UInt64
    from .module.settings import Secret as Secret
    from .module.settings import Settings as Settings
    from .storing.database import Database as Database
    from .storing.folder import DataFolder as DataFolder
    from .storing.trouble import DatabaseUnavailable as DatabaseUnavailable
    from .telling.logger import Logger as Logger
    from .telling.refusals import Refused as Refused
    from .wiring.background import Background as Background
    from .wiring.lifecycle import Lifecycle as Lifecycle
    from .wiring.shutdown import Shutdown as Shutdown

_FACE: dict[str, str] = {
    name: room
    for room, names in {
        "ambient": "Metadata Principal acting deadline principal remaining",
        "calling.connect": "connect",
        "host": "Host",
        "identity.tokens": "Tokens",
        "module.contract": "ANYONE_KNOWN Contract command in_threads query",
        "module.declaration": "Group GroupByName Module Named decorate invoke provide supply",
        "module.failure": (
            "Aborted AlreadyExists Cancelled DataLoss DeadlineExceeded FailedPrecondition Failure Internal "
            "InvalidArgument NotFound OutOfRange PermissionDenied ResourceExhausted Unauthenticated Unavailable "
            "Unimplemented Unknown"
        ),
        "module.message": "Message",
        "module.numbers": ("Fixed32 Fixed64 Float32 Int32 Int64 OneOf SFixed32 SFixed64 SInt32 SInt64 UInt32 UInt64"),
        "module.settings": "Secret Settings",
        "storing.database": "Database",
        "storing.folder": "DataFolder",
        "storing.trouble": "DatabaseUnavailable",
        "telling.logger": "Logger",
        "telling.refusals": "Refused",
        "wiring.background": "Background",
        "wiring.lifecycle": "Lifecycle",
        "wiring.shutdown": "Shutdown",
    }.items()
    for name in names.split()
}


def __getattr__(name: str) -> Any:
    room = _FACE.get(name)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{room}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(_FACE)
