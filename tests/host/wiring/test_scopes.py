"""Who sees what: private offers, nearest wins, decorators."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from app.module.declaration import Group, Module, Named, decorate, provide
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


async def test_a_parents_decorator_of_a_group_holds_for_a_childs_own_members_too(build: Any) -> None:
    def loud(boxes: Group[Box]) -> Group[Box]:
        return Group([Box(f"{each.text}!") for each in boxes])

    child = Module(name="child", provide=[provide(box("own"), group=Box, private=True)])
    shop = Module(name="shop", provide=[provide(box("all"), group=Box)], decorate=[loud], modules=[child])
    container = await build(shop)
    assert [each.text for each in container.get(Group[Box], "shop")] == ["all!"]
    assert [each.text for each in container.get(Group[Box], "child")] == ["all!", "own!"]
