"""Failures that a relay passes on are tried again where they were met."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from app import Contract, Message, Unavailable, query
from app.calling.binding import Binding, bind
from app.calling.grpc.client import RemoteTarget
from app.calling.lean.target import LeanTarget
from app.calling.local import local_target
from app.calling.policy import Policy
from app.calling.schema.schema import Schema
from app.module.spec import spec_of
from app.telling.steps import Teller

from .placing import channels, lean_lines, leanly_serving, serving


class Busy(Unavailable, says="busy with {number}"):
    number: int


class Word(Message):
    text: str = ""


class Oracle(Contract):
    @query(raises=(Busy,))
    async def ask(self, number: int) -> Word: ...

    @query(raises=(Busy,))
    def listen(self, number: int) -> AsyncIterator[Word]: ...


class Deaf(Oracle):
    """Has no time for anybody."""

    def __init__(self) -> None:
        self.tries = 0

    async def ask(self, number: int) -> Word:
        self.tries += 1
        raise Busy(number)

    async def listen(self, number: int) -> AsyncIterator[Word]:
        self.tries += 1
        raise Busy(number)
        yield Word()


class Messenger(Deaf):
    """Asks somebody else."""

    def __init__(self, oracle: Contract) -> None:
        super().__init__()
        assert isinstance(oracle, Oracle)
        self.oracle = oracle

    async def ask(self, number: int) -> Word:
        self.tries += 1
        return await self.oracle.ask(number)

    async def listen(self, number: int) -> AsyncIterator[Word]:
        self.tries += 1
        async for word in self.oracle.listen(number):
            yield word


def unplaced() -> Binding:
    spec, schema = spec_of(Oracle), Schema()
    schema.add(spec)
    return bind(spec, schema, tell=Teller(), policy=Policy(backoff=0.001, retry_budget=9))


async def answered(where: str, by: Oracle, stack: AsyncExitStack) -> Contract:
    here, there = unplaced(), unplaced()
    here.swap(local_target(here.spec, [by], "delphi"))
    if where == "lean":
        server = await stack.enter_async_context(leanly_serving(here))
        there.swap(LeanTarget(here.spec, await stack.enter_async_context(lean_lines()), [server.address]))
        return there.caller
    if where == "remote":
        address = await stack.enter_async_context(serving(here))
        there.swap(RemoteTarget(here.spec, await stack.enter_async_context(channels()), [address]))
        return there.caller
    return here.caller


@pytest.mark.parametrize("where", ["local", "remote", "lean"])
async def test_a_declared_failure_that_relays_pass_on_is_tried_again_by_the_last_one_alone(where: str) -> None:
    async with AsyncExitStack() as stack:
        deaf = Deaf()
        near = Messenger(await answered(where, deaf, stack))
        nearer = Messenger(await answered(where, near, stack))
        oracle = await answered(where, nearer, stack)
        assert isinstance(oracle, Oracle)
        with pytest.raises(Busy, match="busy with 7"):
            await oracle.ask(7)
        assert (deaf.tries, near.tries, nearer.tries) == (3, 1, 1)
        with pytest.raises(Busy, match="busy with 8"):
            await anext(oracle.listen(8))
        assert (deaf.tries, near.tries, nearer.tries) == (6, 2, 2)
