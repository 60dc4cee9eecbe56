"""One process, composed: check, wire, start, serve, drain, stop. Holds no rules of its own; the rooms do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import cached_property
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ..identity.bearer import Bearer
from ..identity.tokens import Tokens
from ..storing.database import Database
from ..storing.folder import DataFolder
from ..storing.pools import Pools
from ..telling.logger import Logger
from ..telling.steps import (
    Checked,
    Closed,
    DatabaseFound,
    DatabaseLost,
    Ready,
    ShutdownRequested,
    StartFailed,
    Step,
    StopFailed,
    Stopped,
    Teller,
)
from ..wiring.container import Container
from ..wiring.graph import Graph, Offers, Replacement
from ..wiring.life import Life
from ..wiring.lifecycle import Phase, StateError
from .bindings import Bindings
from .edges import Edges
from .key import may_lack_key, tokens_of
from .proof import prove

if TYPE_CHECKING:
    from ..config import Config
    from ..observing.telemetry import Telemetry
    from ..placing.discovery import Found
    from ..placing.plan import ProcessPlan

T = TypeVar("T")


class Host:
    """What runs the modules of one process.

    `async with host:` starts it, and stops and closes it in the end; `await host.run()` stays until `shutdown` is
    called. `get` answers what a constructor would be given. After `stop`, `start` works again; `close` is final.
    """

    def __init__(
        self,
        plan: ProcessPlan,
        found: Found,
        config: Config,
        *,
        tell: Teller | None = None,
        replace: Mapping[Any, Replacement] | None = None,
        logger: Callable[[str], Logger] | None = None,
    ) -> None:
        self.plan, self.found, self.config = plan, found, config
        self.tell = tell or Teller()
        self.exit_code = 0
        self.started = False
        """Whether it is ready, or has been and is not told to stop yet."""
        self.bindings = Bindings(plan, config, self.tell)
        """Where each contract is answered; targets can be swapped while calls are in flight."""
        self.pools = Pools(
            config.database,
            config.data_dir,
            tell=self.tell,
            migrate=config.database.migrates(config.environment),
            within=min(config.database.connect_timeout, config.life.start_timeout),
        )
        self._replace = dict(replace or {})
        self._logger = logger
        self._telemetry: Telemetry | None = None
        self._container: Container | None = None
        self._built: tuple[Life, Edges] | None = None
        self._leave = asyncio.Event()
        self._starting = self._closed = False
        self._lost: dict[str, str] = {}
        self.tell.listen(self._see)

    # --- the life of a process ---------------------------------------------------------------------------------------

    def wire(self) -> Graph:
        """Read and check the graph of the modules placed here; builds nothing. Raises Refused with all refusals."""
        began = perf_counter()
        modules = [self.found.load(name) for name in self.plan.modules]
        offers = Offers(
            per_module={
                Logger: self._logger_for,
                Database: self.pools.database,
                Tokens: lambda module: self._tokens,
                DataFolder: lambda module: DataFolder(self.config.data_dir),
            },
            settings=self.config.module,
            contracts=self.bindings,
            local=self.bindings.local,
            shutdown=self.shutdown,
        )
        routed = self.plan.grpc if self.plan.http_address else ()
        lacking = self.config.environment if may_lack_key(self.config) else ""
        graph = prove(modules, offers, self.bindings.schema, self._replace, routed, lacking)
        self.tell(Checked(modules=len(modules), constructors=len(graph), seconds=perf_counter() - began))
        return graph

    async def start(self) -> None:
        """Build once, open the pools, run the start hooks, open the edges; ready when it returns.

        Raises Refused, or what failed, after everything that had been opened is closed again; StateError, which leaves
        all as it is, where it is starting, started or closed.
        """
        if self._closed or self._starting or self.started:
            raise StateError(f"start: the host is {'closed' if self._closed else 'started already'}")
        if self._built is not None:  # started before: what was asked of that life is over
            self._leave.clear()
            self.exit_code = 0
        began, self._starting = perf_counter(), True
        try:
            life, edges = self._built or await self._build()
            await self.pools.open()
            await life.start()
            await edges.open()
        except BaseException as error:
            if not isinstance(error, asyncio.CancelledError):  # told to stop is not failed
                self.tell(StartFailed(error=error))
            await self._undo(error)
            raise
        finally:
            self._starting = False
        self.bindings.tell_placements()
        edges.ready(True)
        self.started = True
        self.tell(Ready(process=self.plan.process, modules=self.plan.modules, seconds=perf_counter() - began))

    async def stop(self) -> None:
        """Not ready, lame duck, drain, stop hooks, pools. Everything runs whatever fails; the errors come together."""
        if self._built is None:
            return
        life, edges = self._built
        began, self.started = perf_counter(), False
        edges.ready(False)
        if self.config.life.lame_duck:
            await asyncio.sleep(self.config.life.lame_duck)
        errors = await _each(edges.drain, life.stop, self.pools.close)
        self._tell_failed(errors)
        self.tell(Stopped(seconds=perf_counter() - began, errors=len(errors)))
        _raise_together("stopping failed", errors)

    async def close(self) -> None:
        """Run the generators' tails and let the neighbours go. The host cannot be started again."""
        began = perf_counter()
        built, telemetry = self._built, self._telemetry
        self._closed = True
        self._built = self._container = self._telemetry = None
        errors = await _each(
            *([built[0].close] if built else []), self.bindings.close, *([telemetry.close] if telemetry else [])
        )
        self._tell_failed(errors)
        self.tell(Closed(seconds=perf_counter() - began))
        _raise_together("closing failed", errors)

    async def run(self, ready: Callable[[], None] | None = None) -> int:
        """Start, call `ready`, stay until `shutdown`, stop and close. Returns the exit code that was asked for."""
        await self.start()
        try:
            if ready is not None:
                ready()
            await self._leave.wait()
        finally:
            errors = await _each(self.stop, self.close)
        _raise_together("leaving failed", errors)
        return self.exit_code

    def shutdown(self, code: int = 0, cause: BaseException | None = None) -> None:
        """Ask the host to stop and to leave with this exit code; the first one who asks decides."""
        if not self._leave.is_set():
            self.exit_code = code
            self.tell(ShutdownRequested(code=code, cause=cause))
            self._leave.set()

    # --- what is in it -----------------------------------------------------------------------------------------------

    def get(self, wanted: type[T], module: str = "") -> T:
        """What a constructor of `module` (or of the host) would be given for a type. Raises LookupError, Refused."""
        if wanted in self.bindings:
            return self.bindings[wanted]  # type: ignore[index]  # what is in there is a contract
        if self._container is None:
            raise LookupError(f"the host is not built yet: start it before asking for {wanted.__name__}")
        return self._container.get(wanted, module)

    @property
    def addresses(self) -> dict[str, str]:
        """Edge -> the address where it listens, while started."""
        return dict(self._built[1].addresses) if self._built else {}

    async def _build(self) -> tuple[Life, Edges]:
        if self.config.tracing.endpoint:
            from ..calling.counts import BOUNDS
            from ..observing.metrics import rows_of
            from ..observing.telemetry import set_up

            self._telemetry = set_up(self.config, self.plan, self.tell, lambda: rows_of(self.bindings.all(), BOUNDS))
        requests = None
        if self._telemetry is not None:
            self.bindings.observer, requests = self._telemetry.observer, self._telemetry.requests
        self._container = Container(self.wire(), self.tell)
        await self._container.build(self.config.life.start_timeout)
        self.bindings.answer(self._container.exports())
        times = self.config.life
        life = Life(self._container, self.tell, start_timeout=times.start_timeout, stop_timeout=times.stop_timeout)
        needs = {"database": lambda: "; ".join(self._lost.values())}
        bearer = Bearer(self._tokens)
        edges = Edges(
            self.plan, self.config, self.bindings, self._container.controllers, self.tell, needs, bearer, requests
        )
        self._built = life, edges
        return self._built

    @cached_property
    def _tokens(self) -> Tokens | None:
        """One for the edges and all modules: they share what it has checked."""
        return tokens_of(self.config)

    def _tell_failed(self, errors: list[Exception]) -> None:
        for error in errors:
            self.tell(StopFailed(error=error))

    def _see(self, step: Step) -> None:
        """Readiness needs the databases that are in use here."""
        match step:
            case DatabaseLost(url=url, why=why):
                self._lost[url] = why
            case DatabaseFound(url=url):
                self._lost.pop(url, None)
            case _:
                pass

    def _logger_for(self, module: str) -> Logger:
        if self._logger is None:
            from ..observing.logs import logger_for

            self._logger = logger_for
        return self._logger(module)

    async def _undo(self, error: BaseException) -> None:
        """After a failed start: close what is open. What fails on the way is noted on the error itself."""
        undo: list[Callable[[], Any]] = []
        if self._built is not None:
            life, edges = self._built
            undo = [edges.drain, *([life.stop] if life.phase is Phase.STARTED else [])]
        for failed in await _each(*undo, self.pools.close, self.close):
            error.add_note(f"and while undoing the start: {failed!r}")

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _raise_together("leaving failed", await _each(self.stop, self.close))


async def _each(*steps: Callable[[], Any]) -> list[Exception]:
    """Run every step whatever fails; answer what did. Raises CancelledError, once all have run."""
    errors: list[Exception] = []
    interruption: asyncio.CancelledError | None = None
    for step in steps:
        try:
            await step()
        except Exception as error:
            errors.append(error)
        except asyncio.CancelledError as error:
            interruption = interruption or error
    if interruption is not None:
        for error in errors:
            interruption.add_note(f"and after that: {error!r}")
        raise interruption
    return errors


def _raise_together(what: str, errors: list[Exception]) -> None:
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ExceptionGroup(what, errors)
