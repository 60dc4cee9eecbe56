"""The caller's end of a connection: greets, sends requests, and hands each answer to whoever waits for it."""

from __future__ import annotations

import asyncio
from typing import Any

from ...module.failure import Unauthenticated, Unavailable
from .connection import KEEPALIVE, Connection
from .flow import Inbox, Outflow
from .frames import (
    CANCEL,
    CREDIT,
    DATA,
    END,
    FAIL,
    GOAWAY,
    ITEM,
    LAST,
    LAST_CALL,
    META,
    MORE,
    MOST_FRAME,
    MOST_GREETING,
    NAMES,
    PING,
    PONG,
    RESPONSE,
    Broken,
    pack,
)
from .greeting import Nonce, Proof, Welcome, hello, nonce, proof, proven, read_hello
from .sweep import Sweep
from .vigil import BUSY_POLL, vigil

LOOK_AGAIN = 0.5
"""Seconds between looks at whether a connection that gets no more calls has ended its last one."""


class Failed:
    """A call failed there: the code of the kind, and the body that says more."""

    __slots__ = ("body", "code")

    def __init__(self, code: int, body: bytes) -> None:
        self.code, self.body = code, body


class Ended:
    """How a call ended without an answer: `LOST`, `LATE`, `LARGE`, or `NOT_BEGUN`; or a stream: `DONE`."""

    __slots__ = ("how",)

    def __init__(self, how: str) -> None:
        self.how = how


LOST, LATE, LARGE, DONE = Ended("lost"), Ended("late"), Ended("large"), Ended("done")
NOT_BEGUN = Ended("not begun")


class Refused(ConnectionError):
    """The peer, or we ourselves, refused to go on with the greeting. `code` is the canonical kind's."""

    def __init__(self, why: str, code: int) -> None:
        super().__init__(why)
        self.code = code


class Link(Connection):
    """One connection to one peer. `greeted` is done once calls may go; `leaving` once no further ones should."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        key: bytes | None,
        most: int,
        node: str = "",
        keepalive: float = KEEPALIVE,
        busy_poll: float = BUSY_POLL,
    ) -> None:
        self.calls: dict[int, asyncio.Future[Any]] = {}
        self.inboxes: dict[int, Inbox] = {}
        super().__init__(loop, self.calls, self.inboxes, keepalive)
        self._key, self._most, self._node = key, most, node
        self.greeted: asyncio.Future[None] = loop.create_future()
        self.leaving: asyncio.Future[str] = loop.create_future()
        self.welcome = Welcome()
        self.codes: dict[str, int] = {}
        """`/service/Method` -> the code of its requests."""
        self.outflows: dict[int, Outflow] = {}
        self.sweep = Sweep(loop, self.late)
        self.vigil = vigil(loop, self.calls, busy_poll)
        self.last = 0
        """The id of the last call."""
        self._outcome = LOST
        """Of the calls that end with the connection."""
        self._stage = 2
        self._nonce = nonce()

    # --- calls ---------------------------------------------------------------------------------------------------------

    def number(self) -> int:
        """A call id that is not in use; they wrap."""
        number = self.last
        while True:
            number = number + 1 if number < LAST_CALL else 1
            if number not in self.calls and number not in self.inboxes:
                self.last = number
                return number

    def wanted(self, call: int) -> bool:
        return call in self.calls or call in self.inboxes

    def stream(self, call: int) -> Inbox:
        """Where the items of a call's answer arrive."""
        inbox = self.inboxes[call] = Inbox(self, call, self._most)
        return inbox

    def outflow(self, call: int) -> Outflow:
        """Where the items of a call's request go."""
        flow = self.outflows[call] = Outflow(self, call, self.welcome.window)
        return flow

    def give_up(self, call: int) -> None:
        """Nobody waits for a call any more: the peer is told, and what it still says is passed over."""
        waiting = self._forget(call)
        if waiting is None:
            return
        self.send(pack(0, CANCEL, 0, 0, call, 0))
        if isinstance(waiting, Inbox):
            waiting.cut(DONE)  # somebody may be reading it

    def late(self, call: int) -> None:
        """A call's time is over."""
        waiting = self._forget(call)
        if waiting is not None:
            self.send(pack(0, CANCEL, 0, 0, call, 0))
            _finish(waiting, LATE)

    def retire(self) -> None:
        """Close it once its last call is over."""
        if self.calls or self.inboxes:
            if not self.closed:
                self.loop.call_later(LOOK_AGAIN, self.retire)
        else:
            self.close()

    def _forget(self, call: int) -> asyncio.Future[Any] | Inbox | None:
        """Clear every table of a call; who waits for it."""
        waiting: asyncio.Future[Any] | Inbox | None = self.calls.pop(call, None) or self.inboxes.pop(call, None)
        flow = self.outflows.pop(call, None)
        if flow is not None:
            flow.close()
        if self.parts.size:
            self.parts.forget(call)
        return waiting

    # --- what arrives --------------------------------------------------------------------------------------------------

    def frame(self, kind: int, flags: int, code: int, call: int, arg: int, body: bytes) -> None:
        if kind == RESPONSE and not flags:
            waiter = self.calls.pop(call, None)
            if waiter is not None:
                if self.outflows or self.parts.size:
                    self._forget(call)
                if not waiter.done():
                    waiter.set_result(body if len(body) <= self._most else LARGE)
            else:  # nobody's, or one answer where items were asked for
                self._settle(call, body)
        elif not self.open:
            self._greet(kind, code, call, arg, body)
        elif flags & MORE or kind == DATA:
            self._assembling(kind, flags, code, call, arg, body)
        elif kind == ITEM:
            inbox = self.inboxes.get(call)
            if inbox is not None:
                inbox.put(body)
        elif kind == CREDIT:
            flow = self.outflows.get(call)
            if flow is not None:
                flow.grant(arg)
        elif kind in (END, FAIL, RESPONSE):
            self._settle(call, DONE if kind == END else body if kind == RESPONSE else Failed(code, body))
        elif kind == PING:
            self.pong()
        elif kind == GOAWAY:
            self._leave(_text(body) or "it is about to stop")
            if arg == LAST:
                self._outcome = NOT_BEGUN
                self.lose("it has stopped")
        elif kind != PONG:
            raise Broken(f"a {NAMES[kind] if kind < len(NAMES) else kind} frame, which no server sends")

    def _settle(self, call: int, outcome: Any) -> None:
        waiting = self._forget(call)
        if waiting is not None:
            _finish(waiting, outcome)

    def _assembling(self, kind: int, flags: int, code: int, call: int, arg: int, body: bytes) -> None:
        if flags & META or (kind != DATA and not self.wanted(call)):
            return
        whole = self.parts.add(kind, flags, code, call, arg, body, self._most)
        if isinstance(whole, tuple):
            self.frame(*whole)
        elif whole is not None:
            self.send(pack(0, CANCEL, 0, 0, call, 0))
            self._settle(call, LARGE)

    # --- the greeting --------------------------------------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._write(hello(1, Nonce(self._nonce, self._node)))

    def _greet(self, kind: int, code: int, call: int, stage: int, body: bytes) -> None:
        if kind == GOAWAY:
            raise _Refusal(_text(body) or "it refuses to talk", code)
        if self._stage == 2:
            theirs = self._theirs = read_hello(2, kind, code, call, stage, body, Nonce).nonce
            said = Proof(proof(self._key, "client", self._nonce, theirs), self._most)
            self._stage, self.most_frame = 4, MOST_GREETING
            self._write(hello(3, said))
            return
        welcome = read_hello(4, kind, code, call, stage, body, Welcome)
        if not proven(self._key, welcome.proof, "server", self._nonce, self._theirs):
            raise _Refusal("it does not have this deployment's key", Unauthenticated.code)
        self.welcome, self.codes = welcome, welcome.codes()
        self.most_frame = MOST_FRAME
        self.open = True
        if not self.greeted.done():
            self.greeted.set_result(None)

    def broken(self, why: Broken) -> None:
        if not self.greeted.done():
            self.greeted.set_exception(Refused(str(why), why.code if isinstance(why, _Refusal) else Unavailable.code))
        self.lose(str(why))

    def _leave(self, why: str) -> None:
        if not self.leaving.done():
            self.leaving.set_result(why)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._stage == 2 and not self.greeted.done() and self._transport.get_extra_info("ssl_object") is not None:
            self.greeted.set_exception(Refused(_NO_WORD, Unavailable.code))
        super().connection_lost(exc)

    def over(self, why: str) -> None:
        if not self.greeted.done():
            self.greeted.set_exception(ConnectionError(why))
        self._leave(why)
        self.sweep.close()
        flows, waiting = tuple(self.outflows.values()), (*self.calls.values(), *self.inboxes.values())
        for table in (self.outflows, self.calls, self.inboxes):
            table.clear()
        for flow in flows:
            flow.close()
        for one in waiting:
            _finish(one, self._outcome)


_NO_WORD = "TLS: it hung up before its greeting, as one does that does not take our certificate"
"""In TLS 1.3 a client is through before the server has looked, and asyncio's servers say nothing then."""


class _Refusal(Broken):
    def __init__(self, why: str, code: int) -> None:
        super().__init__(why)
        self.code = code


def _finish(waiting: asyncio.Future[Any] | Inbox, outcome: Any) -> None:
    if isinstance(waiting, Inbox):
        if type(outcome) is bytes:  # one answer, where items were asked for
            outcome = LOST
        if outcome is LATE:
            waiting.cut(outcome)
        else:
            waiting.end(outcome)
    elif not waiting.done():
        waiting.set_result(outcome)


def _text(body: bytes) -> str:
    return body[:200].decode("utf-8", "replace")
