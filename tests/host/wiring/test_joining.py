"""What is joined from several places: groups, invokes, settings, contracts, controllers."""

from __future__ import annotations

from typing import Any

import pytest

from app.module.contract import Contract, in_threads, query
from app.module.declaration import Group, GroupByName, Module, provide, supply
from app.module.settings import Settings
from app.telling.refusals import Refused
from app.wiring.graph import Offers, Replacement, read


class Box:
    """A text and where it has been."""

    def __init__(self, text: str) -> None:
        self.text = text


def box(text: str) -> Any:
    def make() -> Box:
        return Box(text)

    return make


# --- groups -----------------------------------------------------------------------------------------------------------


async def test_a_group_holds_its_members_in_declared_order(build: Any) -> None:
    child = Module(name="child", provide=[provide(box("c"), group=Box)])
    top = Module(
        name="top",
        provide=[provide(box("a"), group=Box)],
        supply=[supply(Box("b"), group=Box)],
        modules=[child],
    )
    container = await build(top, provide=[provide(box("d"), group=Box)])
    assert [item.text for item in container.get(Group[Box])] == ["a", "b", "c", "d"]


async def test_a_group_by_name_maps_its_named_members(build: Any) -> None:
    members = [
        provide(box("1"), group=Box, name="x"),
        provide(box("2"), group=Box),
        provide(box("3"), group=Box, name="a"),
    ]
    container = await build(provide=members)
    assert {name: item.text for name, item in container.get(GroupByName[Box]).items()} == {"x": "1", "a": "3"}
    assert list(container.get(GroupByName[Box])) == ["x", "a"]


async def test_private_members_are_seen_by_their_module_and_below(build: Any) -> None:
    child = Module(name="child")
    top = Module(name="top", provide=[provide(box("p"), group=Box, private=True)], modules=[child])
    container = await build(top, provide=[provide(box("q"), group=Box)])
    assert [item.text for item in container.get(Group[Box], "child")] == ["p", "q"]
    assert [item.text for item in container.get(Group[Box])] == ["q"]


async def test_a_group_without_members_is_empty(build: Any) -> None:
    assert len((await build(provide=[])).get(Group[Box])) == 0


# --- invoke -----------------------------------------------------------------------------------------------------------


async def test_invokes_of_children_come_first_in_declared_order(build: Any) -> None:
    called: list[str] = []

    def say(text: str) -> Any:
        def said() -> None:
            called.append(text)

        return said

    async def later() -> None:
        called.append("top async")

    low = Module(name="low", invoke=[say("low")])
    one = Module(name="one", invoke=[say("one 1"), say("one 2")], modules=[low])
    two = Module(name="two", invoke=[say("two")])
    await build(Module(name="top", invoke=[say("top"), later], modules=[one, two]))
    assert called == ["low", "one 1", "one 2", "two", "top", "top async"]


async def test_everything_is_built_before_the_first_invoke(build: Any) -> None:
    seen: list[str] = []

    def made() -> Box:
        seen.append("built")
        return Box("b")

    def early() -> None:
        seen.append("early")

    def use(it: Box) -> None: ...

    await build(provide=[made], invoke=[early, use])
    assert seen == ["built", "early"]


# --- settings ---------------------------------------------------------------------------------------------------------


class ShopSettings(Settings):
    size: int = 1


async def test_settings_are_those_of_the_module_that_declares_them(build: Any) -> None:
    class Shop:
        def __init__(self, settings: ShopSettings) -> None:
            self.size = settings.size

    def section(name: str, kind: type[Settings]) -> Settings:
        assert (name, kind) == ("shop", ShopSettings)
        return ShopSettings(size=4)

    container = await build(provide=[Shop], settings=ShopSettings, offers=Offers(settings=section))
    assert container.get(Shop).size == 4


async def test_children_see_their_parents_settings_and_siblings_do_not(build: Any) -> None:
    class Shop:
        def __init__(self, settings: ShopSettings) -> None:
            self.size = settings.size

    child = Module(name="child", provide=[Shop])
    container = await build(Module(name="top", settings=ShopSettings, modules=[child]))
    assert container.get(Shop).size == 1
    with pytest.raises(Refused, match="which declares no settings"):
        read([Module(name="top", settings=ShopSettings), child], Offers())


# --- contracts --------------------------------------------------------------------------------------------------------


class Catalog(Contract):
    @query()
    async def count(self) -> None: ...

    @query()
    async def names(self) -> None: ...


class Caller(Catalog):
    async def count(self) -> None: ...
    async def names(self) -> None: ...


class Shop:
    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog


async def test_a_contract_is_filled_by_placement(build: Any) -> None:
    caller = Caller()
    container = await build(provide=[Shop], offers=Offers(contracts={Catalog: caller}))
    assert container.get(Shop).catalog is caller


def test_a_known_contract_needs_no_caller_to_be_checked() -> None:
    assert len(read([Module(name="shop", provide=[Shop])], Offers(known=lambda contract: contract is Catalog))) == 1


async def test_a_contract_is_replaced_and_decorated_like_anything_else(build: Any) -> None:
    class Traced(Caller):
        def __init__(self, inner: Catalog) -> None:
            self.inner = inner

    fake = Caller()
    container = await build(provide=[Shop], decorate=[Traced], replace={Catalog: Replacement(fake)})
    assert container.get(Shop).catalog.inner is fake


async def test_slices_are_constructed_privately_in_declared_order(build: Any) -> None:
    class Count(Catalog):
        def __init__(self, box: Box) -> None: ...
        async def count(self) -> None: ...

    class Names:
        def names(self) -> None: ...

    export = Catalog.by(Count, in_threads(Names))
    container = await build(provide=[box("b")], exports=[export])
    (built,) = container.exports()
    assert (built.module, built.export) == ("shop", export)
    assert [type(answer) for answer in built.implementations] == [Count, Names]
    with pytest.raises(Refused):
        container.get(Count)


async def test_an_exported_class_that_is_provided_too_is_one_instance(build: Any) -> None:
    container = await build(provide=[Caller], exports=[Catalog.by(Caller)])
    assert container.exports()[0].implementations == (container.get(Caller),)


async def test_a_controller_gets_its_arguments_from_the_graph(build: Any) -> None:
    class Pages:
        def __init__(self, owner: Any, box: Box) -> None: ...

    container = await build(provide=[box("b")], controllers=[Pages])
    ((module, controller, kwargs),) = container.controllers()
    assert (module, controller, kwargs["box"].text) == ("shop", Pages, "b")
