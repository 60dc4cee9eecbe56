"""Constructors in wrappings: partials, decorated functions, context managers, classes of metaclasses."""

from __future__ import annotations

import contextlib
import functools
import typing
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any, Dict, List  # noqa: UP035

import pytest

from app.module.declaration import Module, Named, provide
from app.telling.refusals import Refused
from app.wiring.graph import Offers, read
from app.wiring.opening import Wrong


class Store:
    pass


class Cart:
    def __init__(self, store: Store, size: int = 1) -> None:
        self.store, self.size = store, size


def passing(function: Callable[..., Any]) -> Any:
    """A plain wrapper, as tracing and timing decorators are."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return call


async def test_a_partial_of_a_class_makes_the_class(build: Any) -> None:
    assert (await build(provide=[functools.partial(Cart, size=3), Store])).get(Cart).size == 3


async def test_a_plainly_wrapped_async_function_is_awaited(build: Any) -> None:
    @passing
    async def cart(store: Store) -> Cart:
        return Cart(store)

    assert isinstance(await (await build(provide=[cart, Store])).make(Cart), Cart)


async def test_a_plainly_wrapped_generator_keeps_its_tail(build: Any) -> None:
    ran: list[str] = []

    @passing
    def store() -> Iterator[Store]:
        yield Store()
        ran.append("store")

    container = await build(provide=[store])
    assert isinstance(await container.make(Store), Store)
    await container.close()
    assert ran == ["store"]


async def test_context_managers_are_entered_and_left_when_the_container_closes(build: Any) -> None:
    ran: list[str] = []

    @contextlib.contextmanager
    def store() -> Iterator[Store]:
        yield Store()
        ran.append("store")

    @contextlib.asynccontextmanager
    async def cart(store: Store) -> AsyncIterator[Cart]:
        yield Cart(store)
        ran.append("cart")

    container = await build(provide=[store, cart])
    assert isinstance(await container.make(Cart), Cart)
    assert ran == []
    await container.close()
    assert ran == ["cart", "store"]


async def test_a_class_whose_metaclass_hands_everything_on_is_read_by_its_constructor(build: Any) -> None:
    class Counting(type):
        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            return super().__call__(*args, **kwargs)

    class Counted(metaclass=Counting):
        def __init__(self, store: Store) -> None:
            self.store = store

    container = await build(provide=[Counted, Store])
    assert container.get(Counted).store is container.get(Store)


async def test_a_class_method_names_its_own_class(build: Any) -> None:
    class Pool:
        @classmethod
        def create(cls) -> Pool:
            return cls()

    assert isinstance((await build(provide=[Pool.create])).get(Pool), Pool)


async def test_interfaces_may_be_named_in_a_list(build: Any) -> None:
    class Base:
        pass

    class Impl(Base):
        pass

    container = await build(provide=[provide(Impl, provides=[Base, Impl])])
    assert container.get(Base) is container.get(Impl)


@pytest.mark.parametrize("offered", [Store, list[Store]])
async def test_what_is_offered_by_name_is_checked_when_it_is_made(build: Any, offered: Any) -> None:
    container = await build(provide=[provide(lambda: 5, provides=offered, name="x")])
    with pytest.raises(Wrong, match=r"is offered as .* named 'x', and what it made is an int"):
        container.get(Annotated[offered, Named("x")])


async def test_a_generic_result_is_checked_for_its_class(build: Any) -> None:
    def stores() -> list[Store]:
        return 5  # type: ignore[return-value]

    with pytest.raises(Wrong, match=r"said that it makes list\[Store\], and made int"):
        (await build(provide=[stores])).get(list[Store])


async def test_a_whole_number_goes_for_a_float(build: Any) -> None:
    def rate() -> float:
        return 1

    assert (await build(provide=[rate])).get(float) == 1


async def test_the_typing_spelling_of_a_type_is_the_same_key(build: Any) -> None:
    def numbers() -> List[Dict[str, int]]:  # noqa: UP006
        return [{"one": 1}]

    def clock() -> typing.Callable[[], float]:
        return lambda: 1.0

    container = await build(provide=[numbers, clock])
    assert container.get(list[dict[str, int]]) == [{"one": 1}]
    assert container.get(Callable[[], float])() == 1.0


async def test_a_positional_parameter_that_nobody_fills_keeps_its_default(build: Any) -> None:
    def told(unsaid=1, cart: Cart | None = None, store: Store | None = None, /) -> tuple[Any, ...]:  # type: ignore[no-untyped-def]
        return unsaid, cart, store

    container = await build(provide=[told, Store])
    assert container.get(tuple[Any, ...]) == (1, None, container.get(Store))


async def test_what_a_plain_invoke_returns_to_await_is_awaited(build: Any) -> None:
    async def fail() -> None:
        raise OSError("refused")

    with pytest.raises(OSError, match="refused"):
        await build(invoke=[lambda: fail()])


def test_a_generator_that_does_not_say_of_what_is_refused() -> None:
    def stores() -> Iterator:  # type: ignore[type-arg]
        yield Store()

    with pytest.raises(Refused, match=r"annotate it as Iterator\[T\]"):
        read([Module(name="shop", provide=[stores])], Offers())
