"""Who sees what: private offers, nearest wins, decorators, groups, invokes, settings, contracts."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from app.module.contract import Contract, in_threads, query
from app.module.declaration import Group, GroupByName, Module, Named, decorate, provide, supply
from app.module.settings import Settings
from app.telling.refusals import Refused
from app.wiring.graph import Offers, Replacement, read


class Box:
    """A text and where it has been."""

    def __init__(self, text: str) -> None:
        self.text = text


class Holder:
    def __init__(self, box: Box) -> None:
        self.text = box.text


def box(text: str) -> Any:
    def make() -> Box:
        return Box(text)

    return make


def wrap(mark: str) -> Any:
    def wrapped(inner: Box) -> Box:
        return Box(f"{mark}({inner.text})")

    return wrapped


def holder() -> Any:
    return provide(Holder, private=True)


# --- private ----------------------------------------------------------------------------------------------------------


async def test_siblings_may_each_hold_their_own_private_value(build: Any) -> None:
    one = Module(name="one", provide=[provide(box("1"), private=True), holder()])
    two = Module(name="two", provide=[provide(box("2"), private=True), holder()])
    container = await build(one, two)
    assert (container.get(Holder, "one").text, container.get(Holder, "two").text) == ("1", "2")


async def test_the_nearest_wins(build: Any) -> None:
    child = Module(name="child", provide=[provide(box("near"), private=True), holder()])
    other = Module(name="other", provide=[holder()])
    container = await build(Module(name="top", provide=[box("far")], modules=[child, other]))
    assert container.get(Holder, "child").text == "near"
    assert container.get(Holder, "other").text == "far"
    assert container.get(Box).text == "far"


async def test_what_is_private_is_seen_by_children_and_not_by_the_parent(build: Any) -> None:
    child = Module(name="child", provide=[holder()])
    middle = Module(name="middle", provide=[provide(box("m"), private=True)], modules=[child])
    container = await build(Module(name="top", modules=[middle]))
    assert container.get(Holder, "child").text == "m"
    with pytest.raises(Refused, match="private to module middle"):
        container.get(Box, "top")


async def test_what_is_public_is_seen_everywhere(build: Any) -> None:
    low = Module(name="low", provide=[box("b")])
    container = await build(Module(name="top", modules=[Module(name="mid", modules=[low])]), provide=[Holder])
    assert container.get(Holder).text == "b"


def test_a_type_both_private_and_public_in_one_module_is_a_duplicate() -> None:
    with pytest.raises(Refused, match="offered 2 times"):
        read([Module(name="m", provide=[box("1"), provide(box("2"), private=True)])], Offers())


# --- decorate ---------------------------------------------------------------------------------------------------------


async def test_a_decorator_holds_for_its_module_and_below(build: Any) -> None:
    child = Module(name="child", provide=[holder()])
    middle = Module(name="middle", decorate=[wrap("d")], provide=[holder()], modules=[child])
    container = await build(Module(name="top", provide=[box("b"), holder()], modules=[middle]))
    assert container.get(Holder, "top").text == "b"
    assert container.get(Holder, "middle").text == "d(b)"
    assert container.get(Holder, "child").text == "d(b)"


async def test_a_parents_decorator_comes_before_its_childs(build: Any) -> None:
    child = Module(name="child", decorate=[wrap("child")], provide=[holder()])
    container = await build(Module(name="top", provide=[box("b")], decorate=[wrap("top")], modules=[child]))
    assert container.get(Holder, "child").text == "child(top(b))"


async def test_a_decorator_of_what_a_child_provides_holds_above_it_too(build: Any) -> None:
    child = Module(name="child", provide=[box("b"), holder()])
    container = await build(Module(name="top", decorate=[wrap("d")], provide=[holder()], modules=[child]))
    assert container.get(Holder, "top").text == "d(b)"
    assert container.get(Holder, "child").text == "d(b)"
    assert container.get(Box).text == "b"


async def test_a_decorator_is_called_once_and_may_need_more(build: Any) -> None:
    calls: list[int] = []

    def counted(inner: Box, n: int) -> Box:
        calls.append(n)
        return inner

    one, two = Module(name="one", provide=[holder()]), Module(name="two", provide=[holder()])
    container = await build(Module(name="top", provide=[box("b")], supply=[3], decorate=[counted], modules=[one, two]))
    container.get(Holder, "one"), container.get(Holder, "two")
    assert calls == [3]


async def test_a_class_decorates_what_it_takes_and_is(build: Any) -> None:
    class Loud(Box):
        def __init__(self, inner: Box) -> None:
            super().__init__(inner.text.upper())

    container = await build(provide=[box("b"), Holder], decorate=[Loud])
    assert container.get(Holder).text == "B"


async def test_a_named_value_is_decorated_by_its_name(build: Any) -> None:
    def show(main: Annotated[Box, Named("main")], spare: Annotated[Box, Named("spare")]) -> list[str]:
        return [main.text, spare.text]

    named = [provide(box("m"), name="main"), provide(box("s"), name="spare")]
    container = await build(provide=[*named, show], decorate=[decorate(wrap("d"), name="main")])
    assert container.get(list[str]) == ["d(m)", "s"]


async def test_a_group_is_decorated_whole(build: Any) -> None:
    def fewer(boxes: Group[Box]) -> Group[Box]:
        return Group(list(boxes)[1:])

    def texts(boxes: Group[Box]) -> list[str]:
        return [item.text for item in boxes]

    members = [provide(box(text), group=Box) for text in "abc"]
    container = await build(provide=[*members, texts], decorate=[fewer])
    assert container.get(list[str]) == ["b", "c"]


async def test_what_is_made_for_its_consumer_is_decorated_for_each_consumer(build: Any) -> None:
    child = Module(name="child", provide=[holder()])
    top = Module(name="top", decorate=[wrap("d")], provide=[holder()], modules=[child])
    container = await build(top, offers=Offers(per_module={Box: Box}))
    assert container.get(Holder, "top").text == "d(top)"
    assert container.get(Holder, "child").text == "d(child)"


async def test_a_decorator_wraps_a_replacement(build: Any) -> None:
    container = await build(provide=[box("b"), Holder], decorate=[wrap("d")], replace={Box: Replacement(Box("r"))})
    assert container.get(Holder).text == "d(r)"


async def test_an_async_decorator_is_awaited(build: Any) -> None:
    async def wrapped(inner: Box) -> Box:
        return Box(f"a({inner.text})")

    def use(it: Holder) -> None: ...

    container = await build(provide=[box("b"), Holder], decorate=[wrapped], invoke=[use])
    assert container.get(Holder).text == "a(b)"


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
