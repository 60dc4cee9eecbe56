"""Where the calls of a server come in, whichever wire it speaks: who may, how many, how long, under which span."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Generator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

from ..ambient import Ambient, using
from ..module.failure import ResourceExhausted, Unavailable
from ..module.spec import MethodSpec
from ..telling.steps import Teller
from .crossing import UNPROCESSED, marked
from .metadata import Authenticate, read_headers
from .principal import Seal

if TYPE_CHECKING:
    from .observer import Observer


class Desk:
    """Where all calls of one server come in: who may, how many, how long."""

    def __init__(
        self,
        seal: Seal | None,
        default_deadline: float,
        max_concurrency: int,
        tell: Teller,
        observer: Observer | None,
        authenticate: Authenticate | None = None,
        outside: bool = False,
    ) -> None:
        self.seal = seal
        self.outside = outside
        self.authenticate = authenticate
        self.default_deadline = default_deadline
        self.most = max_concurrency or math.inf
        """Calls in flight; none any more once it is draining."""
        self.tell = tell
        self.observer = observer
        self.running = 0
        """Calls in flight. Whoever finds less than `most` may count one in by itself; `enter` says why not."""
        self.draining = False
        self._quiet = asyncio.Event()

    def enter(self) -> None:
        """A call comes in. Raises Unavailable while draining (nothing was done: try elsewhere), ResourceExhausted."""
        if self.draining:
            raise marked(Unavailable("this server is about to stop"), UNPROCESSED)
        if self.running >= self.most:
            raise ResourceExhausted(f"{self.most} calls are in flight already")
        self.running += 1

    def read(self, headers: Any, service: str) -> Ambient:
        """What came beside a request. Raises InvalidArgument, Unauthenticated."""
        return read_headers(headers, self.seal, service, self.authenticate, outside=self.outside)

    def leave(self) -> None:
        self.running -= 1
        if self.draining and not self.running:
            self._quiet.set()

    def drain(self) -> None:
        """Let nobody in any more."""
        self.draining, self.most = True, 0

    async def idle(self, until: float) -> None:
        """Wait for the last call to leave, on `time.monotonic`'s clock at most until then."""
        if self.running:
            try:
                async with asyncio.timeout(max(0.0, until - monotonic())):
                    await self._quiet.wait()
            except TimeoutError:
                return


@contextmanager
def observed(observer: Observer | None, method: MethodSpec, ambient: Ambient) -> Generator[Ambient]:
    """The ambient to answer in: with a span of our own, where something records."""
    span = None if observer is None else observer.arrives(method, ambient)
    if span is None:
        yield ambient
        return
    failure: BaseException | None = None
    try:
        with using(span.ambient):
            yield span.ambient
    except BaseException as error:
        failure = error
        raise
    finally:
        span.ends(failure)
