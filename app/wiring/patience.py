"""Calls a hook with bounded patience: within its time, and no longer than a grace once it has been cancelled."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

from .lifecycle import Call

GRACE = 1.0
"""Seconds that a cancelled hook has to end. One that does not is left alone, and reported."""
LAST_CALL = 1.0
"""Seconds beyond the stop deadline for all hooks together that have not had their turn by then; tails alike."""


class EndedWell(asyncio.CancelledError):
    """The caller was cancelled, but the hook had ended well by then."""


class Left(RuntimeError):
    """A hook wanted the whole process to end. It has failed, like any other; the rest is stopped in order."""

    def __init__(self, what: str, error: BaseException) -> None:
        super().__init__(f"{what} raised {error!r}")


async def call_within(call: Call, seconds: float, what: str) -> None:
    """Call a hook, sync or async. Raises what it raises, TimeoutError when its time is up or when it does not end
    though it was cancelled, CancelledError when the caller is. A blocking hook cannot be interrupted."""
    try:
        result = call()
    except (KeyboardInterrupt, SystemExit) as error:
        raise Left(what, error) from error
    if not inspect.isawaitable(result):
        return
    task = asyncio.ensure_future(_awaited(result, what))
    try:
        await asyncio.wait({task}, timeout=seconds)
    except asyncio.CancelledError:
        if task.done() and not task.cancelled() and task.exception() is None:
            raise EndedWell from None
        await _cancel(task, what)
        raise
    if not task.done():
        await _cancel(task, what)
        raise TimeoutError(f"{what} did not end within {seconds:.3g} s")
    if task.cancelled():
        raise RuntimeError(f"{what} was cancelled, and not by the host")
    task.result()


async def _awaited(result: Any, what: str) -> None:
    try:
        await result
    except (KeyboardInterrupt, SystemExit) as error:
        raise Left(what, error) from error


async def _cancel(task: asyncio.Future[None], what: str) -> None:
    """Cancel and wait. Raises what the hook raises instead of ending, or TimeoutError when it does not end."""
    task.cancel()
    await asyncio.wait({task}, timeout=GRACE)
    if not task.done():
        task.add_done_callback(_look_away)
        raise TimeoutError(f"{what} did not end within {GRACE:.3g} s of being cancelled, and is left alone")
    if not task.cancelled() and (error := task.exception()) is not None:
        raise error


def _look_away(task: asyncio.Future[None]) -> None:
    """Take the result of a hook that was left alone, so that asyncio does not complain of it."""
    if not task.cancelled():
        task.exception()
