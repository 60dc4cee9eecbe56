"""The answering side of a connection: each call is a task, and leaves no trace in any table once it is over."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from ...ambient import Ambient, incoming
from ...module.failure import Cancelled, Failure, Internal, ResourceExhausted
from ..crossing import INTERNAL_TEXT, broke
from ..desk import Desk, observed
from ..wire import TOO_LARGE
from .connection import Connection
from .flow import Inbox, Outflow, Over
from .frames import CHUNK, END, FAIL, RESPONSE, pack, packed
from .greeting import Proof
from .link import DONE

if TYPE_CHECKING:
    from .server import Served


class Answering(Connection):
    """The calls of one peer."""

    def __init__(self, loop: asyncio.AbstractEventLoop, desk: Desk, keepalive: float) -> None:
        self.tasks: dict[int, asyncio.Task[None]] = {}
        self.inboxes: dict[int, Inbox] = {}
        self.outflows: dict[int, Outflow] = {}
        super().__init__(loop, self.tasks, self.outflows, keepalive)
        self.desk = desk
        self._given_up: set[int] = set()
        self.limits = Proof()
        """What the peer takes."""

    def wanted(self, call: int) -> bool:
        return call in self.tasks

    def cancel(self, call: int) -> None:
        """Nobody waits for a call's answer."""
        task = self.tasks.get(call)
        if task is not None and call not in self._given_up:  # once: a second time would cut off its cleaning up
            self._given_up.add(call)
            self.loop.call_soon(task.cancel)  # not before its first step: its `finally` would never run

    def over(self, why: str) -> None:
        for call in self.tasks:
            self.cancel(call)
        for flow in self.outflows.values():
            flow.close()

    async def answer(self, served: Served, call: int, seconds: float, ambient: Ambient, args: tuple[Any, ...]) -> None:
        desk = self.desk
        failure: Failure | None = None
        data = b""
        try:
            try:
                with incoming(seconds, ambient):
                    if desk.observer is None:
                        data = served.encode(await served.cell.lane.arrived(ambient, args))
                    else:
                        with observed(desk.observer, served.method, ambient) as seen:
                            data = served.encode(await served.cell.lane.arrived(seen, args))
            except Failure as error:
                failure = error
            except Exception as error:  # a result that cannot be sent, most likely
                failure = self._broke(error, served)
            if self.full:
                await self.room()
            if failure is not None:
                self.refuse(call, failure, served)
                failure = None  # its traceback holds this frame: a circle would wait for the collector
            elif len(data) > self.limits.most:
                self.refuse(call, ResourceExhausted(TOO_LARGE), served)
            elif len(data) <= CHUNK:
                self.send(pack(len(data), RESPONSE, 0, 0, call, 0) + data)
            else:
                await self.send_bulk(RESPONSE, 0, 0, call, 0, data, b"")
        except BaseException as error:
            self._cut_short(call, error, served)
            if not isinstance(error, GeneratorExit):
                raise
        finally:
            desk.leave()
            del self.tasks[call]
            if self._given_up or self.inboxes or self.outflows or self.parts.size:
                self._forget(call)

    async def stream(self, served: Served, call: int, seconds: float, ambient: Ambient, args: tuple[Any, ...]) -> None:
        desk, flow, most = self.desk, self.outflows[call], self.limits.most
        failure: Failure | None = None
        try:
            try:
                with incoming(seconds, ambient), observed(desk.observer, served.method, ambient):
                    items = served.cell.stream(args, arrived=True)
                    try:
                        async for item in items:
                            data = served.encode(item)
                            if len(data) > most:
                                raise ResourceExhausted(TOO_LARGE)
                            await flow.write(data)
                    finally:
                        await items.aclose()
            except Over:
                return
            except Failure as error:
                failure = error
            except Exception as error:
                failure = self._broke(error, served)
            if self.full:
                await self.room()
            if failure is not None:
                self.refuse(call, failure, served)
                failure = None  # as in `answer`
            else:
                self.send(pack(0, END, 0, 0, call, 0))
        except BaseException as error:
            self._cut_short(call, error, served)
            if not isinstance(error, GeneratorExit):
                raise
        finally:
            desk.leave()
            del self.tasks[call]
            self._forget(call)

    def refuse(self, call: int, failure: Failure, served: Served | None) -> None:
        """Say that a call failed."""
        if self.closed or self._transport.is_closing():
            return
        try:
            body = packed((failure.text, "", None, "")) if served is None else served.failed(failure)
        except Exception:  # a sentence that cannot be made of its fields
            failure, body = Internal(INTERNAL_TEXT), packed((INTERNAL_TEXT, "", None, ""))
        self.send(pack(len(body), FAIL, 0, failure.code, call, 0) + body)

    def _cut_short(self, call: int, error: BaseException, served: Served) -> None:
        """A task ends without an answer, and not because its caller gave it up: that caller would wait for ever."""
        if self.loop.is_closed() or call in self._given_up:
            return
        gone = isinstance(error, asyncio.CancelledError)
        self.refuse(call, Cancelled("it was given up here") if gone else self._broke(error, served), None)

    def _broke(self, error: BaseException, served: Served) -> Internal:
        return broke(error, served.method, getattr(served.cell.lane.target, "module", ""), self.desk.tell)

    def _forget(self, call: int) -> None:
        self._given_up.discard(call)
        self.parts.forget(call)
        inbox = self.inboxes.pop(call, None)
        if inbox is not None:
            inbox.cut(DONE)
        flow = self.outflows.pop(call, None)
        if flow is not None:
            flow.close()
