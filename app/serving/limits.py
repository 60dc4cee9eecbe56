"""What the edge allows a client by default: sizes in bytes, times in seconds."""

from __future__ import annotations

from dataclasses import dataclass

from .answers import Receive, Scope
from .problems import BadRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """One edge's limits. What goes past them is refused as a problem: 413, 431, 503, 504."""

    max_body_bytes: int = 1024 * 1024
    """Of a request; a controller's handler may set its own `request_max_body_size`."""
    max_header_bytes: int = 16 * 1024
    """Of request line and headers together."""
    max_concurrency: int = 1000
    """Requests, streams and WebSockets under way at once."""
    deadline: float = 30.0
    """In force for a request; a method's own `deadline=` comes first. Streams are bounded until they begin."""
    header_timeout: float = 15.0
    """For a connection to send the head of its first request."""
    keep_alive: float = 30.0
    """For a connection to send its next request."""


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """A request's JSON body. Raises BadRequest: 413 past `limit` bytes, 415 where the content is declared otherwise."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            if not value.isdigit() or int(value) > limit:
                raise _too_large(limit)
        elif name == b"content-type" and not _is_json(value):
            raise BadRequest(
                f"the body is {value[:80].decode('latin-1')!r}; application/json is expected",
                status=415,
                place="headers",
                field="content-type",
            )
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit)
        return body
    return await _read_on(message, receive, limit)


async def _read_on(message: dict[str, object], receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        if message["type"] == "http.disconnect":
            raise BadRequest("the client left before the body was complete", place="body")
        chunk = message.get("body", b"")
        assert isinstance(chunk, bytes)
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)
        message = await receive()


def _is_json(content_type: bytes) -> bool:
    kind = content_type.partition(b";")[0].strip().lower()
    return kind == b"application/json" or (kind.startswith(b"application/") and kind.endswith(b"+json"))


def _too_large(limit: int) -> BadRequest:
    return BadRequest(f"the body is larger than {limit} bytes", status=413, place="body")
