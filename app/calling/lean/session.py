"""The answerer's end of a connection: a peer is heard once it has proven itself, and each of its calls is a task."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from ...ambient import Ambient
from ...module.failure import (
    FailedPrecondition,
    Failure,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
    Unimplemented,
)
from ..crossing import broke
from ..wire import TOO_LARGE
from . import beside
from .answering import Answering
from .flow import Inbox, Outflow
from .frames import (
    CANCEL,
    CREDIT,
    DATA,
    END,
    GOAWAY,
    ITEM,
    LAST,
    META,
    MORE,
    MOST_FRAME,
    NAMES,
    NO_DEADLINE,
    PING,
    PONG,
    REQUEST,
    STREAM,
    VERSION,
    Broken,
    pack,
)
from .greeting import WITHIN, Nonce, Proof, Welcome, hello, nonce, proof, proven, read_hello
from .link import DONE

if TYPE_CHECKING:
    from .server import LeanServer, Served

MOST_CALLS = 65_536
"""Calls in flight of one connection."""


class Session(Answering):
    """One peer that calls us."""

    def __init__(self, loop: asyncio.AbstractEventLoop, server: LeanServer, keepalive: float) -> None:
        super().__init__(loop, server.desk, keepalive)
        self._server = server
        self._methods = server.methods
        self._stage = 1
        self._nonce = nonce()
        self._theirs = b""
        self._too_slow = loop.call_later(WITHIN, self._hurry)  # from here on: TLS has to come about in this time too

    # --- what arrives --------------------------------------------------------------------------------------------------

    def frame(self, kind: int, flags: int, code: int, call: int, arg: int, body: bytes) -> None:
        if kind != REQUEST or flags & MORE or not self.open:
            self._other(kind, flags, code, call, arg, body)
            return
        if call in self.tasks:
            raise Broken("a request under the id of one that is being answered")
        if code >= len(self._methods):
            self.refuse(call, Unimplemented("no such method here"), None)
            return
        served, desk = self._methods[code], self.desk
        if desk.running >= desk.most or len(self.tasks) >= MOST_CALLS:
            self._turned_down(call, served)
            return
        desk.running += 1
        failure: Failure
        try:
            if flags & META:
                ambient, body = beside.read(body, desk, served.service)
            else:
                ambient = Ambient()
            if served.streams_in:
                args = self._streamed(flags, call, served)
            elif len(body) <= self._server.most:
                value = served.decode(body)
                args = (value,) if served.sole else served.arguments(value)
            else:
                raise ResourceExhausted(TOO_LARGE)
            if served.streams_out:
                self.outflows[call] = Outflow(self, call, self.limits.window)
            answer = self.stream if served.streams_out else self.answer
            seconds = served.default if arg == NO_DEADLINE else arg / 1000
            self.tasks[call] = self.loop.create_task(answer(served, call, seconds, ambient, args))
            return
        except Failure as error:
            failure = error
        except Broken:
            desk.leave()
            raise
        except Exception as error:
            failure = broke(error, served.method, "", desk.tell)
        desk.leave()
        self.refuse(call, failure, served)

    def _turned_down(self, call: int, served: Served) -> None:
        """There is no room for a call."""
        failure: Failure = ResourceExhausted(f"{MOST_CALLS} calls of one peer are in flight already")
        try:
            self.desk.enter()
            self.desk.leave()
        except Failure as error:
            failure = error
        self.refuse(call, failure, served)

    def _streamed(self, flags: int, call: int, served: Served) -> tuple[Any, ...]:
        if not flags & STREAM:
            raise Broken("a request without the stream that its method takes")
        inbox = self.inboxes[call] = Inbox(self, call, self._server.most)
        return (_requests(inbox, served),)

    def _other(self, kind: int, flags: int, code: int, call: int, arg: int, body: bytes) -> None:
        """Whatever is no request."""
        if not self.open:
            self._greet(kind, code, call, arg, body)
        elif flags & MORE or kind == DATA:
            if kind in (REQUEST, DATA) or call in self.inboxes:
                self._assembling(kind, flags, code, call, arg, body)
        elif kind == CANCEL:
            self.parts.forget(call)
            self.cancel(call)
        elif kind == ITEM:
            inbox = self.inboxes.get(call)
            if inbox is not None:
                inbox.put(body)
        elif kind == END:
            inbox = self.inboxes.get(call)
            if inbox is not None:
                inbox.end(DONE)
        elif kind == CREDIT:
            flow = self.outflows.get(call)
            if flow is not None:
                flow.grant(arg)
        elif kind == PING:
            self.pong()
        elif kind != PONG:
            raise Broken(f"a {NAMES[kind] if kind < len(NAMES) else kind} frame, which no client sends")

    def _assembling(self, kind: int, flags: int, code: int, call: int, arg: int, body: bytes) -> None:
        whole = self.parts.add(kind, flags, code, call, arg, body, self._server.most)
        if isinstance(whole, tuple):
            self.frame(*whole)
        elif whole is not None:
            self.cancel(call)
            self.refuse(call, ResourceExhausted(TOO_LARGE), None)

    # --- the life of a session -----------------------------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._server.sessions.add(self)
        if self._server.stopped:  # it was let in before the listener closed
            self.lose("this process stops")
            return

    def pause_writing(self) -> None:
        super().pause_writing()
        if not self.closed:
            self._transport.pause_reading()  # no further calls while the answers to those before do not fit

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.closed:
            self._transport.resume_reading()

    def farewell(self, why: str, within: float) -> None:
        """Hang up. Where all calls have been answered the peer is told so: what it has called meanwhile was not begun."""
        if self.open and not self.tasks:
            self._say(Unavailable.code, why, LAST)
        self.hang_up(why, within)

    def go_away(self, why: str) -> None:
        """Ask the peer to call elsewhere; what it has called is answered."""
        if self.open:
            self._say(Unavailable.code, why)

    def _greet(self, kind: int, code: int, call: int, stage: int, body: bytes) -> None:
        server = self._server
        if self._stage == 1:
            self._theirs = read_hello(1, kind, code, call, stage, body, Nonce).nonce
            if not server.serving:
                self._say(Unavailable.code, "this process is not ready")
                self.hang_up("this process is not ready")
                return
            self._stage = 3
            self._write(hello(2, Nonce(self._nonce)))
            return
        said = read_hello(3, kind, code, call, stage, body, Proof)
        if not proven(server.key, said.proof, "client", self._theirs, self._nonce):
            self._turn_away(Unauthenticated.code, "it does not have this deployment's key")
            return
        self.limits = said
        self.most_frame = MOST_FRAME
        self.open = True
        self._too_slow.cancel()
        shown = proof(server.key, "server", self._theirs, self._nonce)
        self._write(hello(4, Welcome(shown, server.node, server.most, services=server.services)))
        if not server.serving:  # since its first HELLO
            self.go_away("this process is about to stop")

    def broken(self, why: Broken) -> None:
        text = str(why)
        if self.open or text.startswith("version"):
            self._turn_away(FailedPrecondition.code, text)
            return
        self._server.refused(self, text)
        if text.startswith("HTTP,"):
            self._write(_NO_HTTP)
        self.hang_up(text)

    def _turn_away(self, code: int, why: str) -> None:
        self._server.refused(self, why)
        said = f"this peer speaks version {VERSION}, and met {why}" if why.startswith("version") else why
        self._say(code, said)
        self.hang_up(why)

    def _say(self, code: int, why: str, arg: int = 0) -> None:
        body = why.encode()
        self.send(pack(len(body), GOAWAY, 0, code, 0, arg) + body)

    def _hurry(self) -> None:
        if self._transport is None:
            if not self._server.stopped:
                self._server.refused(self, "its TLS came to nothing: no certificate of our authority, or none at all")
        elif not self.open:
            self._server.refused(self, f"it did not greet within {WITHIN:g} s")
            self.lose("it did not greet in time")

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._server.sessions.discard(self)

    def over(self, why: str) -> None:
        self._too_slow.cancel()
        super().over(why)


async def _requests(inbox: Inbox, served: Served) -> AsyncIterator[Any]:
    while type(got := await inbox.get()) is bytes:
        yield served.decode(got)


_NO_HTTP = (
    b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 48\r\n\r\n"
    b"No HTTP here: this port is for Pangaea's peers.\n"
)
