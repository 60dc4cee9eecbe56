"""Constructors read, checked and built, as a host does when it starts: classes that nobody has looked at before."""

from __future__ import annotations

import itertools
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from time import thread_time
from types import ModuleType
from typing import Any

from app import Module
from app.telling.steps import Teller
from app.wiring.container import Container
from app.wiring.graph import Offers, read

from ..row import Budget, Row, Sample, Side

Needs = Callable[[int], Sequence[int]]
_numbers = itertools.count()


def shop_like(number: int) -> Sequence[int]:
    """Up to three of those before it, as services need stores and clients."""
    return sorted({number // 2, number // 3, number - 1}) if number > 2 else ()


def chain(number: int) -> Sequence[int]:
    """The one before it."""
    return (number - 1,) if number else ()


def written(count: int, needs: Needs) -> ModuleType:
    """A Python module with as many classes, annotated as authors do."""
    lines = ["from __future__ import annotations"]
    for number in range(count):
        parameters = "".join(f", a{need}: C{need}" for need in needs(number))
        lines += [f"class C{number}:", f"    def __init__(self{parameters}) -> None:"]
        lines += [f"        self.a{need} = a{need}" for need in needs(number)] or ["        pass"]
    made = ModuleType(f"benchmarks.written{next(_numbers)}")
    exec(compile("\n".join(lines), made.__name__, "exec"), made.__dict__)
    return made


def needing(wanted: type[Any]) -> Callable[[Any], None]:
    """What makes the container build: a constructor that nobody needs is not called."""

    def use(it: Any) -> None: ...

    use.__annotations__["it"] = wanted
    return use


def ours(count: int, needs: Needs, scale: float) -> Sample:
    """Milliseconds on a processor, times `scale`, from the declaration to the last instance."""

    async def sample() -> float:
        made = written(count, needs)
        sys.modules[made.__name__] = made
        try:
            classes: list[Any] = [getattr(made, f"C{number}") for number in range(count)]
            module = Module(name="written", provide=classes, invoke=[needing(classes[-1])])
            began = thread_time()
            container = Container(read([module], Offers()), Teller())
            await container.build()
            built = [container.get(one) for one in reversed(classes)]  # whatever is lazy, from the far end
            took = thread_time() - began
            assert len({id(one) for one in built}) == count
            await container.close()
        finally:
            del sys.modules[made.__name__]
        return took * 1e3 * scale

    return sample


def by_hand(count: int, needs: Needs) -> Sample:
    """Milliseconds of the constructors alone, called in order."""

    async def sample() -> float:
        made = written(count, needs)
        began = thread_time()
        built: list[Any] = []
        for number in range(count):
            built.append(
                getattr(made, f"C{number}")(*[built[need] for need in needs(number)])
            )  # each needs those before it
        return (thread_time() - began) * 1e3

    return sample


@asynccontextmanager
async def thousand() -> AsyncGenerator[Row]:
    """What a large process has."""
    sides = [Side("ours", ours(1000, shop_like, 1)), Side("called by hand", by_hand(1000, shop_like))]
    yield Row("container: 1,000 constructors read, checked, built", "ms", sides, [Budget(25)])


@asynccontextmanager
async def linear() -> AsyncGenerator[Row]:
    """Four times as many take four times as long."""
    sides = [Side("ours", ours(4000, shop_like, 0.25)), Side("of 1,000", ours(1000, shop_like, 1))]
    note = "the time of 4,000 constructors divided by four; what is not linear shows as a ratio towards 4."
    yield Row("container: 4,000 constructors, a thousand of them", "ms", sides, [Budget(1.5, ratio=True)], 9, note)


@asynccontextmanager
async def deep() -> AsyncGenerator[Row]:
    """Each needs the one before it, pulled from the last."""
    sides = [Side("ours", ours(1000, chain, 1)), Side("called by hand", by_hand(1000, chain))]
    yield Row("container: a chain of 1,000", "ms", sides, [Budget(25)])


ROWS = {"container": thousand, "container-linear": linear, "container-chain": deep}
