"""Answers from other processes over the lean wire."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import copy_context
from time import monotonic
from typing import Any

from ...ambient import DEADLINE_PASSED, FAR, Ambient, task_of
from ...module.failure import DeadlineExceeded, Failure, ResourceExhausted, Unavailable, Unimplemented
from ...module.spec import ContractSpec, MethodSpec
from ..crossing import SENT_ON, UNPROCESSED, broke, marked
from ..sending import Sender
from ..streams import Call, Producer, Stream
from ..target import Side, Streaming, Unary
from ..wire import TOO_LARGE, MethodWire
from . import beside
from .flow import Over
from .frames import CHUNK, FAR_OFF, LAST_CALL, META, REQUEST, STREAM, pack, time_left
from .lines import Line, Lines, Peers
from .link import LARGE, LATE, NOT_BEGUN, Failed, Link
from .methods import fingerprint
from .received import Received


class LeanTarget:
    """Answers a contract by asking peers, in turn."""

    placement = "remote"

    def __init__(self, spec: ContractSpec, lines: Lines, addresses: Sequence[str]) -> None:
        self.spec = spec
        self.addresses: tuple[str, ...] = tuple(addresses)
        self._lines = lines
        self._seal = lines.seal
        self._peers: Peers | None = None
        self._wires: list[MethodWire] = []

    def quick(self, method: MethodSpec) -> None:
        return None

    def unary(self, side: Side) -> Unary:
        self._wires.append(side.wire)
        return self._streamed(side) if side.method.streams_in else self._single(side)

    def _single(self, side: Side) -> Unary:
        wire, seal, service = side.wire, self._seal, self.spec.service
        message, path = wire.message, wire.path
        sole = side.method.sole

        async def answer(ambient: Ambient, args: tuple[Any, ...]) -> Any:
            lean = wire.lean
            data = lean.encode_request(args[0] if sole else message(*args))
            meta = (
                beside.written(ambient, seal, service)
                if ambient.trace or ambient.principal or ambient.metadata
                else b""
            )
            peers = self._peers or self.peers()
            line = peers.only or peers.next() or await peers.looked_up()
            link = line.link
            if link is None or not link.open or link.full:
                link = await self.ready(line, ambient)
            code = link.codes.get(path)
            if code is None:
                raise self.not_there(side.method)
            expiry, loop = ambient.expiry, link.loop
            left = expiry.at - monotonic()
            link.last = call = link.last + 1
            if call > LAST_CALL or call in link.calls or call in link.inboxes:
                call = link.number()
            future = link.calls[call] = loop.create_future()
            # Its scope cancels the task that opened it; whoever else waits is told by the link's own clock.
            slot = link.sweep.add(call, expiry.at) if left < FAR and expiry.task is not task_of(loop) else -1
            arg = int(left * 1000) if 0 <= left < FAR_OFF else time_left(left)
            size = len(data)
            try:
                if size > CHUNK:
                    await self._long(link, call, code, arg, data, meta)
                elif meta:
                    link.send(pack(size + len(meta), REQUEST, META, code, call, arg) + meta + data)
                else:
                    link.send(pack(size, REQUEST, 0, code, call, arg) + data)
                if len(link.calls) == 1 and link.vigil is not None:
                    link.vigil.keep()
                got = await future
            except BaseException:
                link.give_up(call)
                if expiry.expired:
                    line.late()
                raise
            finally:
                if slot >= 0:
                    link.sweep.discard(call, slot)
            if type(got) is bytes:
                if line.behind:
                    line.answered()
                try:
                    return lean.decode_result(got)
                except ValueError as error:
                    wrong = error
                raise broke(wrong, side.method, "", side.tell)
            raise self.failure(line, side, got)

        return answer

    async def _long(self, link: Link, call: int, code: int, arg: int, data: bytes, meta: bytes) -> None:
        """Send a request that takes several frames. Raises ResourceExhausted."""
        if len(data) > link.welcome.most:
            raise ResourceExhausted(TOO_LARGE)
        await link.send_bulk(REQUEST, META if meta else 0, code, call, arg, data, meta)

    def _streamed(self, side: Side) -> Unary:
        async def answer(ambient: Ambient, args: tuple[Any, ...]) -> Any:
            meta, producer = self.meta(ambient), Producer(aiter(args[0]), copy_context())
            line, link, call = await self.opened(side, ambient)
            future = link.calls[call] = link.loop.create_future()
            slot = link.sweep.add(call, ambient.expiry.at)
            self.begun(link, side, ambient, call, meta)
            sender = self.sent(link, call, side, producer)
            try:
                got = await future
            except BaseException:
                link.give_up(call)
                raise
            finally:
                link.sweep.discard(call, slot)
                await sender.aclose()
            if type(got) is bytes:
                line.answered()
                return self.result(side, got)
            raise sender.error or self.failure(line, side, got)

        return answer

    def streaming(self, side: Side) -> Streaming:
        self._wires.append(side.wire)

        def answer(call: Call, args: tuple[Any, ...]) -> Stream:
            return Received(call, self, side, args)

        return answer

    # --- steps of a call -----------------------------------------------------------------------------------------------

    def peers(self) -> Peers:
        """Who answers. Raises Unavailable when the lines are closed."""
        if self._peers is None:
            if self._lines.closed:
                raise self.unreachable(True)
            self._lines.versions.declare(self.spec.contract.__name__, self.spec.service, self._prints)
            self._peers = Peers(self._lines, self.addresses, self.spec.contract.__name__)
        return self._peers

    def _prints(self) -> dict[str, int]:
        return {wire.method.wire: fingerprint(wire) for wire in self._wires}

    def meta(self, ambient: Ambient) -> bytes:
        """What travels beside a call of this ambient. Raises InvalidArgument, ResourceExhausted."""
        return beside.written(ambient, self._seal, self.spec.service)

    async def ready(self, line: Line, ambient: Ambient) -> Link:
        """A connection with room for a request."""
        while True:
            link = await line.connected(self.spec.contract.__name__, ambient.expiry.at)
            if link.full:
                await link.room()
            if link.open:
                return link

    async def opened(self, side: Side, ambient: Ambient) -> tuple[Line, Link, int]:
        """The peer, the connection and the id of a call with a stream."""
        peers = self.peers()
        line = peers.next() or await peers.looked_up()
        link = await self.ready(line, ambient)
        if side.wire.path not in link.codes:
            raise self.not_there(side.method)
        return line, link, link.number()

    def begun(self, link: Link, side: Side, ambient: Ambient, call: int, meta: bytes) -> None:
        """Send the request of a call whose own messages follow as items."""
        arg = time_left(ambient.expiry.at - monotonic())
        flags, code = STREAM | (META if meta else 0), link.codes[side.wire.path]
        link.send(pack(len(meta), REQUEST, flags, code, call, arg) + meta)

    def sent(self, link: Link, call: int, side: Side, producer: Producer) -> Sender:
        """Send the items of a caller's stream, from now on."""
        outgoing = _Outgoing(link.outflow(call), link, call)
        return Sender(outgoing, producer, side.wire.lean.encode_request, side.method.request, (Over,))

    def result(self, side: Side, body: Any) -> Any:
        """A result, or an item. Raises Internal where it is not what the contract promises."""
        try:
            return side.wire.lean.decode_result(body)
        except ValueError as error:
            wrong = error
        raise broke(wrong, side.method, "", side.tell)

    def failure(self, line: Line, side: Side, outcome: Any) -> Failure:
        """The failure that the outcome of a call stands for."""
        if isinstance(outcome, Failed):
            line.answered()
            return side.wire.lean.failure(outcome.code, outcome.body)
        if outcome is LATE:
            line.late()
            return DeadlineExceeded(DEADLINE_PASSED)
        if outcome is LARGE:
            return ResourceExhausted(TOO_LARGE)
        if outcome is NOT_BEGUN:
            return marked(self.unreachable(True), SENT_ON)
        return self.unreachable(False)

    def unreachable(self, unprocessed: bool) -> Unavailable:
        """Nobody is there; `unprocessed`: nor was, when the call was made."""
        failure = Unavailable(f"{self.spec.contract.__name__} cannot be reached")
        return marked(failure, UNPROCESSED) if unprocessed else failure

    def not_there(self, method: MethodSpec) -> Unimplemented:
        """The peer is of a version that does not have the method."""
        return Unimplemented(f"whoever answers {self.spec.contract.__name__} does not have {method.full_name}")


class _Outgoing:
    """A call's way out, as a Sender uses it."""

    __slots__ = ("_call", "_flow", "_link", "done_writing", "write")

    def __init__(self, flow: Any, link: Link, call: int) -> None:
        self._flow, self._link, self._call = flow, link, call
        self.write, self.done_writing = flow.write, flow.done_writing

    def cancel(self) -> None:
        """The caller's own stream broke: whoever waits for the answer is woken."""
        self._link.late(self._call)
