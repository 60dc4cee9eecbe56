"""What goes wrong while constructors are called, and what that leaves behind."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Iterator
from typing import Any, TypeVar

import pytest

from app.wiring.lifecycle import StateError

T = TypeVar("T")


class Store:
    pass


class Cart:
    def __init__(self, store: Store) -> None:
        self.store = store


async def test_a_constructors_error_leaves_as_it_is_and_says_where(build: Any) -> None:
    closed: list[str] = []

    def store() -> Iterator[Store]:
        yield Store()
        closed.append("store")

    def cart(store: Store) -> Cart:
        raise LookupError("no cart")

    with pytest.raises(LookupError) as caught:
        await build(provide=[store, cart], invoke=[_use(Cart)])
    assert "while building" in caught.value.__notes__[0]
    assert closed == ["store"]


async def test_what_the_closing_of_a_failed_build_raises_comes_second(build: Any) -> None:
    def store() -> Iterator[Store]:
        yield Store()
        raise OSError("still busy")

    def cart(store: Store) -> Cart:
        raise LookupError("no cart")

    with pytest.raises(ExceptionGroup) as caught:
        await build(provide=[store, cart], invoke=[_use(Cart)])
    assert [type(error) for error in caught.value.exceptions] == [LookupError, OSError]


@pytest.mark.parametrize("made", [None, 5])
async def test_making_something_else_than_was_said_is_an_error(build: Any, made: Any) -> None:
    def store() -> Store:
        return made

    with pytest.raises(TypeError, match="store"):
        await build(provide=[store], invoke=[_use(Store)])


async def test_a_generator_that_yields_nothing_or_twice_is_an_error(build: Any) -> None:
    def none() -> Iterator[Store]:
        yield from ()

    def twice() -> Iterator[Store]:
        yield Store()
        yield Store()

    with pytest.raises(TypeError, match="yielded nothing"):
        await build(provide=[none], invoke=[_use(Store)])
    container = await build(provide=[twice], invoke=[_use(Store)])
    with pytest.raises(ExceptionGroup) as caught:
        await container.close()
    assert "yielded twice" in str(caught.value.exceptions[0])


async def test_a_second_build_is_a_state_error_and_a_closed_container_is_empty(build: Any) -> None:
    container = await build(provide=[Store])
    with pytest.raises(StateError):
        await container.build()
    await container.close()
    with pytest.raises(StateError):
        container.get(Store)


def _use(wanted: Any) -> Any:
    def use(it: Any) -> None: ...

    use.__annotations__["it"] = wanted
    return use


async def test_a_cancelled_tail_leaves_the_others_their_turn(build: Any) -> None:
    ran: list[str] = []

    def first() -> Iterator[int]:
        yield 1
        ran.append("first")

    async def second(first: int) -> AsyncIterator[str]:
        yield "2"
        raise asyncio.CancelledError

    container = await build(provide=[first, second], invoke=[_use(str)])
    with pytest.raises(ExceptionGroup) as caught:
        await container.close()
    assert [str(error) for error in caught.value.exceptions] == ["the clean-up was cancelled, and not by the host"]
    assert ran == ["first"]


async def test_a_tail_that_hangs_is_given_up_and_the_others_run(build: Any) -> None:
    ran: list[str] = []

    def first() -> Iterator[int]:
        yield 1
        ran.append("first")

    async def second(first: int) -> AsyncIterator[str]:
        yield "2"
        await asyncio.Event().wait()

    container = await build(provide=[first, second], invoke=[_use(str)])
    with pytest.raises(ExceptionGroup) as caught:
        await container.close(0.01)
    assert [str(error) for error in caught.value.exceptions] == ["second did not end its clean-up within 0.01 s"]
    assert ran == ["first"]


async def test_a_cancelled_close_runs_every_tail_first(build: Any) -> None:
    ran: list[str] = []
    waiting = asyncio.Event()

    def first() -> Iterator[int]:
        yield 1
        ran.append("first")

    async def second(first: int) -> AsyncIterator[str]:
        yield "2"
        waiting.set()
        await asyncio.Event().wait()

    container = await build(provide=[first, second], invoke=[_use(str)])
    closing = asyncio.create_task(container.close())
    await waiting.wait()
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert ran == ["first"]


async def test_who_needs_one_by_position_and_by_name_is_given_the_same(build: Any) -> None:
    made: list[Any] = []

    class Store:
        def __init__(self) -> None:
            made.append(self)

    class Shop:
        def __init__(self, store: Store, *, again: Store) -> None:
            self.stores = (store, again)

    container = await build(provide=[Shop, Store])
    assert container.get(Shop).stores == (container.get(Store),) * 2 == (made[0],) * 2
    assert len(made) == 1


async def test_a_closed_container_keeps_nothing_alive(build: Any) -> None:
    class Store: ...

    class Shop:
        def __init__(self, *, store: Store) -> None:
            self.store = store

    container = await build(provide=[Store, Shop])
    left = [weakref.ref(container.get(kind)) for kind in (Store, Shop)]
    await container.close()
    gc.collect()
    assert [ref() for ref in left] == [None, None]
