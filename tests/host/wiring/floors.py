"""Modules with hooks that say what they do, for the tests of a life."""

from __future__ import annotations

import asyncio
from typing import Any

from app.wiring.lifecycle import Lifecycle

log: list[str] = []


def say(text: str) -> Any:
    return lambda: log.append(text)


def says(text: str) -> Any:
    async def later() -> None:
        await asyncio.sleep(0)
        log.append(text)

    return later


async def forever() -> None:
    await asyncio.Event().wait()


def fail(error: Exception) -> Any:
    async def failing() -> None:
        await asyncio.sleep(0)
        raise error

    return failing


class Pool:
    def __init__(self, life: Lifecycle) -> None:
        life.hook(start=says("+pool"), stop=says("-pool"))


class Store:
    def __init__(self, pool: Pool, life: Lifecycle) -> None:
        life.hook(start=say("+store 1"), stop=say("-store 1"))
        life.hook(start=says("+store 2"), stop=says("-store 2"))


class Shop:
    def __init__(self, store: Store) -> None: ...


class Api:
    def __init__(self, shop: Shop, life: Lifecycle) -> None:
        life.hook(start=say("+api"), stop=say("-api"))


def use(api: Api) -> None: ...


FLOORS: dict[str, Any] = {"provide": [Api, Shop, Store, Pool], "invoke": [use]}
UP = ["+pool", "+store 1", "+store 2", "+api"]
DOWN = ["-api", "-store 2", "-store 1", "-pool"]
