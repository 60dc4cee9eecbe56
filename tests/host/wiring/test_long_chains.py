"""Depth costs no recursion: a chain is read, built, started, stopped and closed from end to end."""

from __future__ import annotations

from typing import Any

import pytest

from app.module.declaration import Module
from app.telling.refusals import Refused
from app.telling.steps import Teller
from app.wiring.container import Container
from app.wiring.graph import Offers, read
from app.wiring.life import Life
from app.wiring.lifecycle import Lifecycle
from app.wiring.order import without_cycles


def _chain(length: int) -> list[Any]:
    links: list[Any] = []
    for number in range(length):

        def init(self: Any, below: Any = None, life: Any = None) -> None:
            self.below = below
            if life is not None:
                life.hook(start=lambda: None)

        init.__annotations__ = {"below": links[-1]} if links else {}
        if number % 100 == 0:
            init.__annotations__["life"] = Lifecycle
        links.append(type(f"Link{number}", (), {"__init__": init}))
    return links


def _top(link: Any) -> Any:
    def top(it: Any) -> None: ...

    top.__annotations__["it"] = link
    return top


async def test_a_chain_of_twenty_thousand_lives_and_dies(spy: Any) -> None:
    links = _chain(20_000)
    graph = read([Module(name="m", provide=list(reversed(links)), invoke=[_top(links[-1])])], Offers())
    container = Container(graph, Teller())
    patience = 3600.0  # how fast it is, is no matter here
    await container.build(patience)
    life = Life(container, Teller(spy), start_timeout=patience, stop_timeout=patience, stuck_after=patience)
    await life.start()
    await life.stop()
    await life.close()
    assert len(spy.names()) == 200 * 2


def test_a_long_cycle_is_drawn_short() -> None:
    links = _chain(2_000)
    links[0].__init__.__annotations__["below"] = links[-1]
    with pytest.raises(Refused) as caught:
        read([Module(name="m", provide=links)], Offers())
    assert "… 1990 more …" in str(caught.value)
    assert len(str(caught.value).splitlines()) < 60


def test_what_is_missing_at_the_end_of_a_long_chain_is_drawn_short() -> None:
    links = _chain(2_000)

    def init(self: Any, below: Any) -> None: ...

    init.__annotations__ = {"below": links[0]}
    links[1].__init__ = init
    with pytest.raises(Refused) as caught:
        read([Module(name="m", provide=links[1:], invoke=[_top(links[-1])])], Offers())
    assert caught.value.refusals[0].path[-1] == "Link0"
    assert len(caught.value.refusals[0].path) == 12


def test_soft_edges_that_close_a_cycle_are_left_out_whatever_their_order() -> None:
    hard = [[1], [], [], []]
    soft = [(1, 0), (2, 3), (3, 2), (0, 2)]
    assert without_cycles(4, hard, soft) == [(0, 2)]
    assert without_cycles(4, hard, list(reversed(soft))) == [(0, 2)]
