"""What the tests of wiring share: a container from modules, a life, and a list of all that was told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.module.declaration import Module
from app.telling.steps import Step, Teller
from app.wiring.container import Container
from app.wiring.graph import Offers, Replacement, read
from app.wiring.life import Life


@dataclass
class Spy:
    """Everything that was told."""

    steps: list[Step] = field(default_factory=list)

    def __call__(self, step: Step) -> None:
        self.steps.append(step)

    def of(self, *kinds: type[Any]) -> list[Any]:
        return [step for step in self.steps if isinstance(step, kinds)]

    def names(self) -> list[str]:
        return [
            f"{type(step).__name__} {getattr(step, 'hook', getattr(step, 'what', ''))}".strip() for step in self.steps
        ]


@pytest.fixture
def spy() -> Spy:
    return Spy()


Build = Callable[..., Awaitable[Container]]


@pytest.fixture
def build(spy: Spy) -> Build:
    """Read, check and build modules, or one made of `provide=` and the like."""

    async def build(
        *modules: Module,
        offers: Offers | None = None,
        replace: Mapping[Any, Replacement] | None = None,
        **declared: Any,
    ) -> Container:
        if declared:
            modules = (*modules, Module(name="shop", **declared))
        container = Container(read(modules, offers or Offers(), replace=replace), Teller(spy))
        await container.build()
        return container

    return build


@pytest.fixture
def live(build: Build, spy: Spy) -> Callable[..., Awaitable[Life]]:
    """A life of what `build` builds; `options` go to it."""

    async def live(*modules: Module, options: Mapping[str, Any] | None = None, **declared: Any) -> Life:
        container = await build(*modules, **declared)
        return Life(container, Teller(spy), **(options or {}))

    return live
