"""The supervisor: keeps children running, restarts what crashes, and stops all of them in order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from ..observing.console import duration
from ..observing.prefixed import Screen
from ..telling import steps
from .child import FAILED, INTERRUPTED, OK, REFUSED, Child, ending
from .life import Kept


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. A crash is followed by a pause of `first`, doubled up to `most`; after a life of `calm` it starts over."""

    first: float = 0.5
    most: float = 30.0
    calm: float = 30.0
    stop: float = 30.0
    """What the edges, and after them the others, may take to stop before they are killed."""


class Supervisor:
    """Keeps children running until `stop()`, a signal, a refusal of one that never ran, or until all have ended by themselves with 0.

    forgiving: a child that does not start does not stop the others but waits for `restart()` (development). tell: gets
    ProcessStarted and ProcessExited.
    """

    def __init__(
        self,
        children: Sequence[Child],
        screen: Screen,
        *,
        patience: Patience = Patience(),
        forgiving: bool = False,
        tell: steps.Teller | None = None,
    ) -> None:
        self.kept = tuple(Kept(child, screen, self._became_ready) for child in children)
        self.all_ready = asyncio.Event()
        self._screen = screen
        self._patience = patience
        self._forgiving = forgiving
        self._tell = tell or steps.Teller()
        self._stopping = asyncio.Event()
        self._forced = False
        self._refused = False
        self._parent_end = -1

    async def run(self) -> int:
        """Start all, keep them, stop them. Returns the exit code of the whole."""
        self._parent_end, ours = os.pipe()  # nobody writes to `ours`: it closes when we end, however we end
        keepers = {kept: asyncio.create_task(self._keep(kept), name=kept.name) for kept in self.kept}
        stopping = asyncio.create_task(self._stopping.wait())
        everyone = asyncio.gather(*keepers.values())
        try:
            with self._signals():
                await asyncio.wait((everyone, stopping), return_when=asyncio.FIRST_COMPLETED)
                self._stopping.set()
                await self._stop_phase([k for k in self.kept if k.child.edge], keepers)
                await self._stop_phase([k for k in self.kept if not k.child.edge], keepers)
                await everyone
        finally:
            for kept in self.kept:
                kept.kill()
            for task in (stopping, *keepers.values()):
                task.cancel()
            await asyncio.gather(stopping, everyone, *keepers.values(), return_exceptions=True)
            os.close(self._parent_end)
            os.close(ours)
        return self._verdict()

    def stop(self) -> None:
        """Stop all cleanly: edges first. Called again, it kills whatever is left."""
        if not self._stopping.is_set():
            self._stopping.set()
            return
        self._forced = True
        for kept in self.kept:
            kept.kill()

    def restart(self) -> None:
        """Stop all children and start them anew; those that wait after a crash or a refusal start at once."""
        for kept in self.kept:
            kept.again.set()
            kept.end(kill_after=self._patience.stop)

    @contextlib.contextmanager
    def _signals(self) -> Generator[None]:
        loop, taken = asyncio.get_running_loop(), (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

        def asked(number: signal.Signals) -> None:
            forced = self._stopping.is_set()
            self._screen.say(f"\n{number.name}: " + ("killing what is left" if forced else "stopping; again to force"))
            self.stop()

        try:
            for number in taken:
                loop.add_signal_handler(number, asked, number)
        except (ValueError, RuntimeError):  # not the main thread: whoever embeds us calls stop()
            taken = ()
        try:
            yield
        finally:
            for number in taken:
                loop.remove_signal_handler(number)

    async def _stop_phase(self, phase: Sequence[Kept], keepers: Mapping[Kept, asyncio.Task[None]]) -> None:
        waited = [keepers[kept] for kept in phase]
        if not waited:
            return
        for kept in phase:
            kept.end()
        _, late = await asyncio.wait(waited, timeout=self._patience.stop)
        for kept in phase:
            if keepers[kept] in late:
                self._screen.say(f"{kept.name} did not stop within {duration(self._patience.stop)}: killed")
                kept.kill()
        await asyncio.wait(waited)

    def _verdict(self) -> int:
        if self._forced:
            return INTERRUPTED
        if self._refused:
            return REFUSED
        ended = all(kept.code in (0, -signal.SIGTERM) and not kept.killed for kept in self.kept)
        return OK if ended else FAILED

    async def _keep(self, kept: Kept) -> None:
        """One child's lives, one after the other."""
        pause, ran = self._patience.first, False
        while not self._stopping.is_set():
            kept.again.clear()
            begun = monotonic()
            code = await kept.live(self._parent_end, self._began)
            if self._stopping.is_set():
                return
            if kept.again.is_set():
                continue
            ran = ran or kept.ready is not None
            # What has run before is refused for something that may pass: its database is away just now. The others go on.
            refused = code == REFUSED and (self._forgiving or not ran)
            if refused:
                self._refuse(kept)
            kept.release()
            hopeless = self._forgiving and kept.ready is None  # as it stands it does not start
            if code == OK or refused or hopeless:
                self._exited(kept, code, None)
                if not self._forgiving:
                    return
                await self._woken(kept, None)
                continue
            if monotonic() - begun >= self._patience.calm:
                pause = self._patience.first
            self._exited(kept, code, pause)
            await self._woken(kept, pause)
            pause = min(pause * 2, self._patience.most)

    async def _woken(self, kept: Kept, seconds: float | None) -> None:
        """Wait that long, or for ever, unless all is stopped or this one shall start anew."""
        waits = [asyncio.create_task(self._stopping.wait()), asyncio.create_task(kept.again.wait())]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    def _began(self, kept: Kept) -> None:
        self._tell(steps.ProcessStarted(process=kept.name, pid=kept.pid))
        if self._forced:
            kept.kill()
        elif self._stopping.is_set():  # asked while it was being started
            kept.end()

    def _became_ready(self, kept: Kept) -> None:
        if self.all_ready.is_set():
            self._screen.say(f"{kept.name} is ready again")
        elif all(other.ready is not None for other in self.kept):
            self.all_ready.set()

    def _refuse(self, kept: Kept) -> None:
        text = b"\n".join(kept.take_held()).decode("utf-8", "replace").strip()
        self._screen.say(f"\n{kept.name} was refused{':' if text else ', as said above.'}\n{text}\n")
        if not self._forgiving:
            self._refused = True
            self._stopping.set()

    def _exited(self, kept: Kept, code: int, restart_in: float | None) -> None:
        self._tell(steps.ProcessExited(process=kept.name, pid=kept.pid, code=code, restart_in=restart_in))
        if restart_in is not None:
            self._screen.say(f"{kept.name} {ending(code)}; starting again in {duration(restart_in)}")
        elif code == OK:
            self._screen.say(f"{kept.name} has ended")
        elif code != REFUSED:
            self._screen.say(f"{kept.name} {ending(code)}; it waits for a change")
