"""Calls constructors of every form, and keeps the generators' tails to be run when the container closes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from .nodes import Kind, Node
from .signatures import How


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
    """Generators that have yielded: their tails are clean-up, run in reverse."""

    def __init__(self) -> None:
        self._open: list[tuple[Node, Iterator[Any] | AsyncIterator[Any]]] = []

    async def call(self, node: Node, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Call an async constructor or a generator up to its yield."""
        assert node.signature is not None
        how = node.signature.how
        made = node.payload(*args, **kwargs)
        if how is How.ASYNC:
            return await made
        try:
            value = next(made) if how is How.GENERATOR else await anext(made)
        except (StopIteration, StopAsyncIteration):
            raise Wrong(f"{node.label} yielded nothing: a generator yields what it makes, once") from None
        self._open.append((node, made))
        return value

    async def close(self) -> list[Exception]:
        """Run the tails, last opened first, whatever fails; what they raised."""
        errors: list[Exception] = []
        while self._open:
            node, made = self._open.pop()
            try:
                if isinstance(made, AsyncIterator):
                    await anext(made)
                    await made.aclose()  # type: ignore[attr-defined]  # a generator
                else:
                    next(made)
                    made.close()  # type: ignore[attr-defined]  # a generator
                errors.append(Wrong(f"{node.label} yielded twice: after its one yield comes its clean-up"))
            except (StopIteration, StopAsyncIteration):
                continue
            except Exception as error:
                note(error, "while cleaning up", node)
                errors.append(error)
        return errors


def checked(node: Node, value: Any) -> Any:
    """What a constructor made, if it is what it said."""
    if node.kind is Kind.INVOKE or node.kind is Kind.CONTROLLER:
        return value
    if value is None:
        raise Wrong(f"{node.label} made None")
    said: Any = node.signature.result if node.signature else None
    if type(said) is type and type(value) is not said and not isinstance(value, said):
        raise Wrong(f"{node.label} said that it makes {said.__name__}, and made {type(value).__name__}")
    return value


def note(error: BaseException, what: str, node: Node) -> None:
    """Say where an error arose; its class and text stay what they are."""
    where = f" ({node.site.file}:{node.site.line})" if node.site.file else ""
    error.add_note(f"{what} {node.label} of module {node.module or 'the host'}{where}")
