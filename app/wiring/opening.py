"""Calls constructors of every form, and keeps the generators' tails to be run when the container closes."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from time import monotonic
from typing import Any

from .fitting import is_a, unfit
from .keys import show
from .nodes import Kind, Node
from .patience import LAST_CALL
from .shapes import How


class Wrong(TypeError):
    """A constructor did not make what it said."""


class Cell:
    """Where the value of an async constructor or generator waits for its Singleton to take it."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: Any = None

    def take(self, *_: Any, **__: Any) -> Any:
        """The value; the arguments went to the constructor already."""
        return self.value


class Tails:
    """What has been opened: generators that have yielded, whose tails are clean-up, and context managers. Closed in
    reverse."""

    def __init__(self) -> None:
        self._open: list[tuple[Node, Any]] = []

    async def call(self, node: Node, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Call an async constructor, a generator up to its yield, or an invoke, which may return something to await."""
        assert node.signature is not None
        made = node.payload(*args, **kwargs)
        if node.signature.how is How.ASYNC or (node.signature.how is How.PLAIN and inspect.iscoroutine(made)):
            return await made if inspect.isawaitable(made) else made
        if node.signature.how is How.PLAIN:
            return made
        try:
            if isinstance(made, AsyncIterator):
                value = await anext(made)
            elif isinstance(made, Iterator):
                value = next(made)
            elif isinstance(made, AbstractAsyncContextManager):
                value = await made.__aenter__()
            elif isinstance(made, AbstractContextManager):
                value = made.__enter__()
            else:
                return made
        except (StopIteration, StopAsyncIteration):
            raise Wrong(f"{node.label} yielded nothing: a generator yields what it makes, once") from None
        self._open.append((node, made))
        return value

    async def close(self, timeout: float) -> list[Exception]:
        """Run the tails, last opened first, whatever fails; what they raised. All of them have `timeout` seconds, and a
        last second beyond. Raises what interrupts, such as CancelledError, when all have run."""
        errors: list[Exception] = []
        interruption: BaseException | None = None
        task, deadline = asyncio.current_task(), monotonic() + timeout
        while self._open:
            node, made = self._open.pop()
            before = task.cancelling() if task is not None else 0
            left = deadline - monotonic()
            limit = asyncio.timeout(left if left > 0 else max(0.0, left + LAST_CALL))
            try:
                async with limit:
                    await _run_out(node, made)
            except Exception as error:
                if limit.expired() and isinstance(error, TimeoutError):
                    error = TimeoutError(f"{node.label} did not end its clean-up within {timeout:g} s")
                errors.append(_noted(error, node))
            except asyncio.CancelledError as error:
                if task is not None and task.cancelling() > before:
                    interruption, deadline = error, min(deadline, monotonic())
                else:
                    errors.append(_noted(RuntimeError("the clean-up was cancelled, and not by the host"), node))
            except BaseException as error:
                interruption = error
        if interruption is not None:
            for error in errors:
                interruption.add_note(f"and while cleaning up: {error!r}")
            raise interruption
        return errors


async def _run_out(node: Node, made: Any) -> None:
    """Run a generator's tail, or leave a context."""
    try:
        if isinstance(made, AsyncIterator):
            await anext(made)
            await made.aclose()  # type: ignore[attr-defined]  # a generator
        elif isinstance(made, Iterator):
            next(made)
            made.close()  # type: ignore[attr-defined]  # a generator
        else:
            await made.__aexit__(None, None, None) if hasattr(made, "__aexit__") else made.__exit__(None, None, None)
            return
    except (StopIteration, StopAsyncIteration):
        return
    raise Wrong(f"{node.label} yielded twice: after its one yield comes its clean-up")


def _noted(error: Exception, node: Node) -> Exception:
    note(error, "while cleaning up", node)
    return error


def checked(node: Node, value: Any) -> Any:
    """What a constructor made, if it is what it said, and what it is offered as."""
    if node.kind is Kind.INVOKE or node.kind is Kind.CONTROLLER:
        return value
    if value is None:
        raise Wrong(f"{node.label} made None")
    said = node.signature.result if node.signature else None
    if said is not None and type(value) is not said and not is_a(value, said):
        raise Wrong(f"{node.label} said that it makes {show(said)}, and made {type(value).__name__}")
    if node.key is not None and node.key != said and (why := unfit(value, node.key)):
        raise Wrong(f"{node.label} is offered as {show(node.key)}, and what it made {why}")
    return value


def note(error: BaseException, what: str, node: Node) -> None:
    """Say where an error arose; its class and text stay what they are."""
    where = f" ({node.site.file}:{node.site.line})" if node.site.file else ""
    error.add_note(f"{what} {node.label} of module {node.module or 'the host'}{where}")
