"""The hooks that observing fills: spans around calls. With no observer nothing is paid; counts are kept either way."""

from __future__ import annotations

from typing import Protocol

from ..ambient import Ambient
from ..module.spec import MethodSpec


class Span(Protocol):
    """One side of one call, while it lasts."""

    ambient: Ambient
    """In force inside: `trace` names this span as the parent of what follows, `span` is set where it records."""

    def ends(self, failure: BaseException | None) -> None:
        """The call is over; called exactly once, in the context that the span began in."""
        ...


class Observer(Protocol):
    """Makes spans. Asked only where something may record: outside of every scope, and where `ambient.span` is set."""

    def leaves(self, method: MethodSpec, placement: str, ambient: Ambient) -> Span | None:
        """A call leaves its caller for a `local`, `remote` or `external` answerer. None: nothing records."""
        ...

    def arrives(self, method: MethodSpec, ambient: Ambient) -> Span | None:
        """A call arrived over the network; `ambient.trace` is the caller's traceparent, empty if none came."""
        ...
