"""What travels beside a request: declared metadata, the trace and the principal, as headers and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from ..ambient import Ambient, Metadata, Principal
from ..module.failure import InvalidArgument, ResourceExhausted
from ..telling.refusals import Refusal
from ..telling.refusals.calling import BadMetadata
from .principal import HEADER, Seal

TRACE = "traceparent"
AUTHORIZATION = "authorization"
RESERVED = ("grpc-", "pangaea-", ":")
MOST_BYTES = 32 * 1024
"""Of all declared metadata of a call, names included: gRPC cuts off what is past 64 KiB, and counts bytes as base64."""
MOST_TRACE = 256
"""Characters: what is longer is no traceparent of any version, and would be handed on with every call."""
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.")

Header = tuple[str, str | bytes]
Authenticate = Callable[[str], Principal]
"""What `authorization` says -> who it stands for. Raises Unauthenticated."""


def headers_of(ambient: Ambient, seal: Seal | None, audience: str, *, outside: bool = False) -> list[Header]:
    """The headers of a call that leaves. Without a seal the principal stays here; `outside` is not told what is internal.

    Raises InvalidArgument where a metadata's value is not of its declared type, ResourceExhausted where all are too long.
    """
    headers: list[Header] = []
    if ambient.trace and _is_plain(ambient.trace):
        headers.append((TRACE, ambient.trace))
    if ambient.principal is not None and seal is not None:
        headers.append((HEADER, seal.sign(ambient.principal, audience)))
    if ambient.metadata:
        headers += _declared(ambient, outside)
    return headers


def read_headers(
    headers: Iterable[Any],
    seal: Seal | None,
    audience: str,
    authenticate: Authenticate | None = None,
    *,
    outside: bool = False,
) -> Ambient:
    """What arrived: trace, principal and declared metadata, as far as they are there.

    authenticate: for the outside world; None leaves `authorization` lying. outside: what is internal is nobody's to set.
    Raises InvalidArgument where declared metadata cannot be read, Unauthenticated where credentials are not believed.
    """
    found = Ambient()
    given: dict[str, Any] = {}
    credentials: list[str] = []
    declared = Metadata.declared
    for name, value in headers:
        if name == TRACE:
            if len(value) <= MOST_TRACE:
                found.trace = value
        elif name == HEADER:
            if seal is not None:
                found.principal = seal.check(value, audience) or found.principal
        elif name == AUTHORIZATION and authenticate is not None:
            credentials.append(value)
        else:
            binary = name.endswith("-bin")
            known = declared.get(name[:-4] if binary else name)
            if known is not None and not (outside and known.internal):
                given[known.name] = _value(known, value, binary)
    if credentials and authenticate is not None:
        found.principal = authenticate(", ".join(credentials))  # two of them are no valid one
    if given:
        found.metadata = given
    return found


def check_metadata(ambient: Ambient) -> None:
    """Refuse values that are not of their declared types, or too much, as a wire would. Raises InvalidArgument,
    ResourceExhausted."""
    if ambient.metadata:
        _declared(ambient)


def bad_metadata() -> list[Refusal]:
    """Declared metadata whose names cannot be headers, or that say two things under one name."""
    refusals: list[Refusal] = []
    for name in Metadata.declared:
        if not name or set(name) - _LETTERS or name.endswith("-bin"):
            refusals.append(BadMetadata(name=name, why="is no name for a header",
                                        cure="use small letters, digits, - and _, and no -bin at the end"))  # fmt: skip
        elif name in (TRACE, AUTHORIZATION) or name.startswith(RESERVED):
            refusals.append(BadMetadata(name=name, why="has a name that the wire uses itself", cure="rename it"))
    return refusals


def _declared(ambient: Ambient, outside: bool = False) -> list[Header]:
    headers = [_header(name, value) for name, value in ambient.metadata.items() if not (outside and _internal(name))]
    if (size := sum(len(name) + len(value) for name, value in headers)) > MOST_BYTES:
        raise ResourceExhausted(f"the metadata are {size} bytes long; {MOST_BYTES} are allowed")
    return headers


def _internal(name: str) -> bool:
    known = Metadata.declared.get(name)
    return known is not None and known.internal


def _header(name: str, value: Any) -> Header:
    declared = Metadata.declared.get(name)
    kind = declared.type if declared is not None else type(value)
    if kind is str and type(value) is str:
        if _is_plain(value):
            return name, value
        try:
            return f"{name}-bin", value.encode()
        except UnicodeEncodeError:
            pass
        raise InvalidArgument(f"the metadata {name} holds half a surrogate pair, which is no text")
    try:
        data = msgspec.json.encode(value)
        msgspec.json.decode(data, type=kind)
    except (TypeError, ValueError, msgspec.MsgspecError):
        data = None
    if data is None or (kind is not type(value) and kind in (str, int, float, bool, bytes)):
        said = getattr(kind, "__name__", str(kind))
        raise InvalidArgument(f"the metadata {name} is a {type(value).__name__}, not {said}")
    return f"{name}-bin", data


def _is_plain(text: str) -> bool:
    """Whether a text can travel as an ASCII header unchanged."""
    return text.isascii() and text.isprintable() and not (text[:1] == " " or text[-1:] == " ")


def _value(known: Metadata[Any], value: str | bytes, binary: bool) -> Any:
    try:
        if known.type is str:
            return value.decode() if isinstance(value, bytes) else value
        if binary:
            return msgspec.json.decode(value, type=known.type)
        return msgspec.convert(value, type=known.type, strict=False)
    except (ValueError, msgspec.MsgspecError):
        pass
    raise InvalidArgument(f"the metadata {known.name} cannot be read as {getattr(known.type, '__name__', known.type)}")
