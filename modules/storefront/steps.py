"""What a page does to be filled: several things at once, each with words for when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from app import Failure, InvalidArgument, NotFound, PermissionDenied, Unauthenticated
from modules.accounts.contract import TooManyTries

T = TypeVar("T")
ANSWERS = (InvalidArgument, NotFound, PermissionDenied, TooManyTries, Unauthenticated)
"""Failures that are an answer to what was asked, rather than a neighbour in trouble."""


class StepFailed(Exception):
    """A neighbour that the page needs is in trouble. `words` are for the shopper, `cause` is for the log.

    cart: the way back to the cart
    """

    def __init__(self, words: str, cause: Failure, cart: str = "/cart") -> None:
        super().__init__(words)
        self.words, self.cause, self.cart = words, cause, cart


async def step(words: str, work: Coroutine[Any, Any, T], *answers: type[Failure]) -> T:
    """The result of some work. Raises StepFailed in its failure's place, unless that is an answer: `answers` are more."""
    try:
        return await work
    except (*ANSWERS, *answers):
        raise
    except Failure as failure:
        raise StepFailed(words, failure) from failure


class AtOnce:
    """`async with AtOnce() as at_once:` everything started inside runs side by side and is there at the end.

    The first thing that fails ends the others, and is raised as it is.
    """

    def __init__(self) -> None:
        self._group = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    def do(self, words: str, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start something; its `.result()` is there after the block."""
        return self._group.create_task(step(words, work))

    def all(self, words: str, works: list[Coroutine[Any, Any, T]]) -> list[asyncio.Task[T]]:
        """Start many of one kind."""
        return [self.do(words, work) for work in works]

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            await self._group.__aexit__(kind, error, traceback)
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None


async def gathered(words: str, works: list[Coroutine[Any, Any, T]]) -> list[T]:
    """The results of many of one kind, in their order."""
    async with AtOnce() as at_once:
        tasks = at_once.all(words, works)
    return [task.result() for task in tasks]
