"""What can be provided, and what constructors are given."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Generic, NewType, Optional, Protocol, Self, TypeVar

import msgspec
import pytest

from app.module.declaration import Module, Named, provide, supply
from app.telling.refusals import Refused
from app.wiring.graph import Offers, read
from app.wiring.lifecycle import StateError
from tests.host.wiring import inherited

T = TypeVar("T")


class Store:
    pass


class Cart:
    def __init__(self, store: Store) -> None:
        self.store = store


class Loads(Protocol):
    def load(self) -> str: ...


class Saves(Protocol):
    def save(self) -> None: ...


class Disk:
    def load(self) -> str:
        return "disk"

    def save(self) -> None: ...


async def test_a_class_is_a_constructor(build: Any) -> None:
    container = await build(provide=[Cart, Store])
    assert container.get(Cart).store is container.get(Store)


async def test_a_function_makes_what_it_is_annotated_to_return(build: Any) -> None:
    def cart(store: Store) -> Cart:
        return Cart(store)

    assert isinstance((await build(provide=[cart, Store])).get(Cart), Cart)


async def test_an_async_function_is_awaited(build: Any) -> None:
    async def store() -> Store:
        return Store()

    container = await build(provide=[store, Cart], invoke=[_use(Cart)])
    assert isinstance(container.get(Cart).store, Store)


async def test_the_tails_of_generators_run_in_reverse_when_the_container_closes(build: Any) -> None:
    ran: list[str] = []

    def store() -> Iterator[Store]:
        yield Store()
        ran.append("store")

    async def cart(store: Store) -> AsyncIterator[Cart]:
        try:
            yield Cart(store)
        finally:
            ran.append("cart")

    container = await build(provide=[store, cart], invoke=[_use(Cart)])
    assert ran == []
    await container.close()
    assert ran == ["cart", "store"]


async def test_what_nobody_needs_is_not_built(build: Any) -> None:
    made: list[str] = []

    def store() -> Store:
        made.append("store")
        return Store()

    container = await build(provide=[store])
    assert made == []
    assert container.get(Store) is container.get(Store)
    assert made == ["store"]


async def test_what_is_made_asynchronously_and_nobody_needed_is_made_on_demand(build: Any) -> None:
    async def store() -> Store:
        return Store()

    container = await build(provide=[store])
    with pytest.raises(StateError, match="await make"):
        container.get(Store)
    assert await container.make(Store) is container.get(Store)


async def test_a_constructor_is_called_once_whoever_needs_it(build: Any) -> None:
    made: list[int] = []

    class Counted:
        def __init__(self) -> None:
            made.append(1)

    def one(counted: Counted) -> None: ...
    def two(counted: Counted) -> None: ...

    await build(provide=[Counted], invoke=[one, two])
    assert made == [1]


async def test_several_interfaces_share_one_instance(build: Any) -> None:
    container = await build(provide=[provide(Disk, provides=(Loads, Saves))])
    assert container.get(Loads) is container.get(Saves)
    with pytest.raises(Refused, match="offers as Loads only"):
        container.get(Disk)


async def test_names_tell_values_of_one_type_apart(build: Any) -> None:
    def both(main: Annotated[str, Named("main")], spare: Annotated[str, Named("spare")]) -> list[str]:
        return [main, spare]

    container = await build(provide=[both], supply=[supply("a", name="main"), supply("b", name="spare")])
    assert container.get(list[str]) == ["a", "b"]
    assert container.get(Annotated[str, Named("main")]) == "a"


async def test_a_supplied_value_is_offered_under_its_class_or_an_interface(build: Any) -> None:
    disk = Disk()
    container = await build(supply=[7, supply(disk, provides=Loads)])
    assert container.get(int) == 7
    assert container.get(Loads) is disk


async def test_a_parameter_with_a_default_is_optional(build: Any) -> None:
    class Shop:
        def __init__(self, store: Store | None = None, retries: int = 3) -> None:
            self.store, self.retries = store, retries

    shop = (await build(provide=[Shop])).get(Shop)
    assert (shop.store, shop.retries) == (None, 3)
    shop = (await build(provide=[Shop, Store], supply=[5])).get(Shop)
    assert isinstance(shop.store, Store)
    assert shop.retries == 5


async def test_keyword_only_positional_only_and_star_parameters(build: Any) -> None:
    def make(store: Store, /, *rest: int, n: int, provides: str = "-", **more: str) -> tuple[Any, ...]:
        return store, rest, n, provides, more

    container = await build(provide=[make, Store], supply=[4, "given"])
    assert container.get(tuple[Any, ...]) == (container.get(Store), (), 4, "given", {})


async def test_structs_dataclasses_partials_methods_and_callables_are_constructors(build: Any) -> None:
    @dataclass
    class Data:
        store: Store

    class Struct(msgspec.Struct):
        store: Store

    class Factory:
        def make(self, data: Data) -> list[Data]:
            return [data]

        def __call__(self, struct: Struct) -> list[Struct]:
            return [struct]

    def sized(store: Store, size: int) -> dict[str, Store]:
        return {str(size): store}

    container = await build(provide=[Store, Data, Struct, Factory().make, Factory(), functools.partial(sized, size=3)])
    store = container.get(Store)
    assert container.get(list[Data])[0].store is store
    assert container.get(list[Struct])[0].store is store
    assert container.get(dict[str, Store]) == {"3": store}


async def test_a_class_method_that_returns_self_makes_its_class(build: Any) -> None:
    class Pool:
        @classmethod
        def create(cls, store: Store) -> Self:
            pool = cls()
            pool.store = store  # type: ignore[attr-defined]
            return pool

    class Special(Pool):
        pass

    container = await build(provide=[Store, Special.create])
    assert container.get(Special).store is container.get(Store)


async def test_a_dataclass_inherits_annotations_from_another_file(build: Any) -> None:
    @dataclass
    class Shop(inherited.Timed):
        store: Store

    container = await build(provide=[Shop, Store, inherited.Clock])
    assert container.get(Shop).clock is container.get(inherited.Clock)


async def test_a_lambda_is_told_what_it_makes(build: Any) -> None:
    assert isinstance((await build(provide=[provide(lambda: Disk(), provides=Loads)])).get(Loads), Disk)


async def test_a_generic_class_is_provided_with_its_arguments(build: Any) -> None:
    class Table(Generic[T]):
        pass

    class Repository(Generic[T]):
        def __init__(self, table: Table[T]) -> None:
            self.table = table

    container = await build(provide=[Table[int], Table[str], Repository[int]])
    assert container.get(Repository[int]).table is container.get(Table[int])


async def test_new_types_are_keys_of_their_own(build: Any) -> None:
    Port = NewType("Port", int)

    def port() -> Port:
        return Port(80)

    container = await build(provide=[port], supply=[7])
    assert (container.get(Port), container.get(int)) == (80, 7)


async def test_an_awaitable_value_is_a_value_like_any_other(build: Any) -> None:
    class Awaitable_:
        def __await__(self) -> Iterator[Any]:
            raise AssertionError("nobody awaits it")
            yield

    class Holder:
        def __init__(self, inner: Awaitable_) -> None:
            self.inner = inner

    assert isinstance((await build(provide=[Awaitable_, Holder])).get(Holder).inner, Awaitable_)


def _use(wanted: Any) -> Any:
    def use(it: Any) -> None: ...

    use.__annotations__["it"] = wanted
    return use


def test_annotations_in_text_say_what_may_have_been_meant() -> None:
    def shop(store: "Stroe") -> None: ...  # type: ignore[name-defined]  # noqa: F821, UP037

    with pytest.raises(Refused, match="did you mean `Store`"):
        read([Module(name="m", provide=[Store], invoke=[shop])], Offers())


async def test_text_inside_an_annotation_is_read_too(build: Any) -> None:
    class Shop:
        def __init__(self, store: Optional["Store"], more: "list[Store] | None" = None) -> None:  # noqa: UP037, UP045
            self.store = store

    assert isinstance((await build(provide=[Shop, Store])).get(Shop).store, Store)
