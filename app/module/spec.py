"""Reads a contract's declaration into a ContractSpec: what every caller, server, schema and route is made from."""

from __future__ import annotations

import collections.abc
import inspect
import linecache
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from ..telling.refusals import Refusal, Refused, Site
from ..telling.refusals.contracts import BadContract
from .contract import Contract, MethodDeclaration
from .failure import Failure
from .message import Message, MessageMeta, home_of, wire_name
from .routes import BadRoute, Route, read_route


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a method: its Python name, its annotation (extras kept) and its default or `msgspec.NODEFAULT`."""

    name: str
    type: Any
    default: Any = msgspec.NODEFAULT

    @property
    def wire(self) -> str:
        return wire_name(self.name)


@dataclass(frozen=True)
class MethodSpec:
    """One method of a contract, read. `streams_in`/`streams_out` tell which sides are streams of `request`/`result`."""

    contract: type[Contract]
    name: str
    """The Python name."""
    wire: str
    """The name on the wire: `get_product` is `GetProduct`."""
    declaration: MethodDeclaration
    parameters: tuple[Parameter, ...]
    request: type[Message]
    """The sole Message parameter's class (also the item's, where streams_in), or a class made of the parameters."""
    sole: bool
    """Whether the one parameter is the request itself (or the stream of requests)."""
    result: type[Message] | None
    """The result's class, the item's where streams_out, or None."""
    streams_in: bool
    streams_out: bool
    route: Route | None
    doc: str
    site: Site

    @property
    def retriable(self) -> bool:
        """Whether calling twice does no harm. A stream of requests cannot be read twice; one of answers is called again
        only before its first item."""
        return self.declaration.idempotent and not self.streams_in

    @property
    def raises(self) -> tuple[type[Failure], ...]:
        return self.declaration.raises

    @property
    def requires(self) -> tuple[str, ...]:
        return self.declaration.requires

    @property
    def full_name(self) -> str:
        """`Catalog.get_product`, for people."""
        return f"{self.contract.__name__}.{self.name}"


@dataclass(frozen=True)
class ContractSpec:
    """A contract, read: its service's full name, its protobuf package, its methods by Python name in declared order."""

    contract: type[Contract]
    service: str
    methods: Mapping[str, MethodSpec]
    doc: str
    site: Site = field(compare=False)

    @property
    def package(self) -> str:
        return self.service.rpartition(".")[0]

    @property
    def home(self) -> str:
        """The name of the module whose package declares it."""
        return home_of(self.contract.__module__)

    @cached_property
    def by_wire(self) -> Mapping[str, MethodSpec]:
        return {method.wire: method for method in self.methods.values()}


_read: dict[type[Contract], ContractSpec] = {}


def spec_of(contract: type[Contract]) -> ContractSpec:
    """The contract's spec, read once. Raises Refused with everything that is wrong with the declaration."""
    contract = contract.__contract__
    spec = _read.get(contract)
    if spec is None:
        spec, refusals = read_contract(contract)
        if refusals:
            raise Refused(refusals)
        _read[contract] = spec
    return spec


def read_contract(contract: type[Contract]) -> tuple[ContractSpec, list[Refusal]]:
    """Read a contract whole; the methods that cannot be read are left out and refused."""
    refusals: list[Refusal] = []
    methods: dict[str, MethodSpec] = {}
    for name, function in vars(contract).items():
        declaration = getattr(function, "__contract_method__", None)
        if declaration is None:
            if inspect.isfunction(function) and not name.startswith("_"):
                refusals.append(_bad(contract, name, function, "is neither a query nor a command",
                                     "put @query(...) or @command(...) above it"))  # fmt: skip
            continue
        try:
            methods[name] = _read_method(contract, name, function, declaration)
        except _Wrong as wrong:
            refusals.append(_bad(contract, name, function, wrong.why, wrong.cure))
    if not methods and not refusals:
        refusals.append(BadContract(contract=contract.__name__, member="", why="has no methods",
                                    cure="declare at least one @query or @command", sites=(site_of(contract),)))  # fmt: skip
    service = contract.__service__ or f"{home_of(contract.__module__)}.{contract.__name__}"
    return ContractSpec(
        contract, service, methods, inspect.cleandoc(contract.__doc__ or ""), site_of(contract)
    ), refusals


class _Wrong(Exception):
    def __init__(self, why: str, cure: str) -> None:
        self.why, self.cure = why, cure


def _read_method(contract: type[Contract], name: str, function: Any, declaration: MethodDeclaration) -> MethodSpec:
    hints = _hints(function)
    parameters: list[Parameter] = []
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise _Wrong(f"takes *{parameter.name}", "name every parameter")
        if parameter.name not in hints:
            raise _Wrong(f"has a parameter {parameter.name!r} without a type", "annotate it")
        default = msgspec.NODEFAULT if parameter.default is parameter.empty else parameter.default
        parameters.append(Parameter(parameter.name, hints[parameter.name], default))
    if "return" not in hints:
        raise _Wrong("does not say what it returns", "annotate the result: a Message, None or AsyncIterator[Message]")

    wire = declaration.name or "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    streams_out, result = _result(hints["return"], inspect.iscoroutinefunction(function))
    streams_in, sole, request = _request(contract, wire, parameters, declaration.request)
    for failure in declaration.raises:
        if not (isinstance(failure, type) and issubclass(failure, Failure) and failure is not Failure):
            raise _Wrong(f"raises {failure!r}, which is no Failure", "subclass one of the kinds, such as NotFound")
        for field_name in failure.__fields__:
            if hasattr(Failure, field_name):
                raise _Wrong(f"raises {failure.__name__}, whose field {field_name!r} hides what every failure has",
                             f"rename the field, such as `{field_name}_`")  # fmt: skip
    route = _route(declaration, request, result, streams_in or streams_out)
    if route is not None and contract.__internal__:
        raise _Wrong("has a REST route, and its contract is internal", "drop http=, or internal=True")
    if declaration.answer:
        _check_answer(declaration.answer, result)
    return MethodSpec(contract, name, wire, declaration, tuple(parameters), request, sole, result, streams_in,
                      streams_out, route, inspect.cleandoc(function.__doc__ or ""), site_of(function))  # fmt: skip


def _hints(function: Any) -> dict[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except Exception as error:
        raise _Wrong(f"has an annotation that cannot be read ({error})",
                     "import the name at the top of the file, outside `if TYPE_CHECKING`") from None  # fmt: skip


def _is_stream(annotation: Any) -> bool:
    return get_origin(annotation) is collections.abc.AsyncIterator


def _is_message(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Message)


def _result(annotation: Any, is_async: bool) -> tuple[bool, type[Message] | None]:
    if _is_stream(annotation):
        (item,) = get_args(annotation)
        if is_async:
            raise _Wrong("is `async def` and returns a stream", "write plain `def … -> AsyncIterator[T]`")
        if not _is_message(item):
            raise _Wrong(f"streams {_name(item)}", "stream Messages")
        return True, item
    if not is_async:
        raise _Wrong("is a plain `def` without a stream", "write `async def`, or return AsyncIterator[T]")
    if annotation is type(None):
        return False, None
    if not _is_message(annotation):
        raise _Wrong(f"returns {_name(annotation)}", "return a Message or None")
    return False, annotation


def _request(
    contract: type[Contract], wire: str, parameters: list[Parameter], named: str
) -> tuple[bool, bool, type[Message]]:
    streams = [parameter for parameter in parameters if _is_stream(parameter.type)]
    if streams:
        if len(parameters) > 1:
            raise _Wrong("takes a stream beside other parameters", "put them into the stream's first message")
        (item,) = get_args(streams[0].type)
        if not _is_message(item):
            raise _Wrong(f"takes a stream of {_name(item)}", "stream Messages")
        return True, True, item
    if len(parameters) == 1 and _is_message(parameters[0].type) and parameters[0].default is msgspec.NODEFAULT:
        return False, True, parameters[0].type
    if not parameters and contract.__empty__ is not None and not named:
        return False, False, contract.__empty__
    try:
        made = make_message(named or f"{wire}Request", contract.__module__, parameters)
    except (TypeError, ValueError) as error:
        raise _Wrong(f"has parameters that make no message ({error})", "use the field types of Message") from None
    return False, False, made


def make_message(name: str, python_module: str, parameters: Sequence[Parameter]) -> type[Message]:
    """A Message class made of parameters."""
    space: dict[str, Any] = {"__module__": python_module, "__annotations__": {p.name: p.type for p in parameters}}
    space |= {p.name: p.default for p in parameters if p.default is not msgspec.NODEFAULT}
    rename = {p.name: p.wire for p in parameters if p.wire != p.name}
    return MessageMeta(name, (Message,), space, kw_only=True, rename=rename or None)


def _route(declaration: MethodDeclaration, request: type[Message], result: Any, streams: bool) -> Route | None:
    if not declaration.http:
        return None
    try:
        route = read_route(declaration.http, declaration.body)
    except BadRoute as bad:
        raise _Wrong(f"has a route that cannot be read: {bad}", "write `GET /api/things/{id}?page={page}`") from None
    if streams:
        raise _Wrong("is a stream with a REST route", "serve streams from the module's http.py")
    known = set(request.__struct_encode_fields__)
    named = [*route.path_fields, *(field for _, field in route.query_fields)]
    named += [route.body] if route.body not in ("", "*") else []
    for field_name in named:
        if field_name not in known:
            raise _Wrong(f"has a route that names {field_name!r}, and the request has no such field",
                         f"name one of: {', '.join(sorted(known)) or 'none, the request is empty'}")  # fmt: skip
    return route


def _check_answer(answer: str, result: Any) -> None:
    known = () if result is None else result.__struct_fields__
    if answer not in known:
        raise _Wrong(f"answers with {answer!r}, and the result has no such field",
                     f"name one of: {', '.join(known) or 'none, there is no result'}")  # fmt: skip


def _name(annotation: Any) -> str:
    return getattr(annotation, "__name__", None) or str(annotation)


def site_of(thing: Any) -> Site:
    """Where a class or function is written."""
    name = getattr(thing, "__qualname__", str(thing))
    code = getattr(inspect.unwrap(thing), "__code__", None)
    if code is not None:
        return Site(code.co_filename, code.co_firstlineno, name)
    file = getattr(sys.modules.get(getattr(thing, "__module__", "")), "__file__", None) or ""
    linecache.checkcache(file)
    heads = tuple(f"class {name.rpartition('.')[2]}{sign}" for sign in "(:")
    found = [number for number, line in enumerate(linecache.getlines(file), 1) if line.lstrip().startswith(heads)]
    if len(found) == 1:
        return Site(file, found[0], name)
    try:  # the sure way parses the whole file: a millisecond for each contract at every start
        return Site(file, inspect.getsourcelines(thing)[1], name)
    except (OSError, TypeError):
        return Site(file, 0, name)


def _bad(contract: type[Contract], name: str, function: Any, why: str, cure: str) -> BadContract:
    return BadContract(contract=contract.__name__, member=name, why=why, cure=cure, sites=(site_of(function),))
