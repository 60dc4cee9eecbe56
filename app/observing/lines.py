"""How each step is said as a log line: its event, its level, and which of its fields stand in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ..telling import steps
from ..telling.drawing import draw

Level = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Line:
    """One step's line. `fields` are the step's own, in reading order; one that holds an exception is said with it."""

    event: str
    level: Level
    fields: tuple[str, ...] = ()


LINES: dict[type[steps.Step], Line] = {
    steps.Refused: Line("refused", "error"),
    steps.Checked: Line("checked", "debug", ("modules", "constructors", "seconds")),
    steps.Placed: Line("placed", "debug", ("contract", "placement", "addresses")),
    steps.Built: Line("built", "debug", ("what", "seconds")),
    steps.BuildFailed: Line("build failed", "error", ("what", "error")),
    steps.HookStarting: Line("hook starting", "debug", ("hook",)),
    steps.HookStarted: Line("hook started", "debug", ("hook", "seconds")),
    steps.HookStartFailed: Line("hook failed to start", "error", ("hook", "error")),
    steps.HookStopped: Line("hook stopped", "debug", ("hook", "seconds")),
    steps.HookStopFailed: Line("hook failed to stop", "error", ("hook", "error")),
    steps.StartStuck: Line("start takes long", "warning", ("seconds", "tree")),
    steps.StartFailed: Line("start failed", "error", ("error",)),
    steps.Listening: Line("listening", "info", ("edge", "address")),
    steps.Ready: Line("ready", "info", ("process", "modules", "seconds")),
    steps.SignalReceived: Line("signal received", "info", ("signal",)),
    steps.ShutdownRequested: Line("shutdown requested", "info", ("code", "cause")),
    steps.Draining: Line("draining", "info", ("seconds",)),
    steps.Drained: Line("drained", "debug", ("seconds", "left")),
    steps.Stopped: Line("stopped", "info", ("seconds", "errors")),
    steps.StopFailed: Line("stop failed", "error", ("error",)),
    steps.Closed: Line("closed", "debug", ("seconds",)),
    steps.BackgroundFailed: Line("background work failed", "error", ("work", "retry_in", "error")),
    steps.Migrated: Line("migrated", "info", ("before", "after", "seconds")),
    steps.MigrationsAhead: Line("database is ahead of the code", "warning", ("current", "head")),
    steps.DatabaseLost: Line("database lost", "warning", ("url", "why")),
    steps.DatabaseFound: Line("database found", "info", ("url",)),
    steps.ReplicaLost: Line("replica lost", "warning", ("url", "why")),
    steps.ReplicaFound: Line("replica found", "info", ("url",)),
    steps.RightsShared: Line("modules share one user's rights", "warning", ("url", "modules")),
    steps.CallBroke: Line("call broke", "error", ("contract", "method", "error")),
    steps.RequestBroke: Line("request broke", "error", ("edge", "request", "error")),
    steps.Swapped: Line("swapped", "info", ("contract", "before", "after", "seconds")),
    steps.NeighbourLost: Line("neighbour lost", "warning", ("contract", "address", "why")),
    steps.NeighbourFound: Line("neighbour found", "info", ("contract", "address")),
    steps.NeighbourDiffers: Line("neighbour differs", "info", ("contract", "address", "differ", "missing", "more")),
    steps.PeerRefused: Line("peer refused", "warning", ("address", "why", "times")),
    steps.ProcessStarted: Line("process started", "debug", ("process", "pid")),
    steps.ProcessExited: Line("process exited", "info", ("process", "pid", "code", "restart_in")),
}
"""A test holds this table to the steps there are."""


@dataclass(frozen=True, slots=True)
class Said:
    """A step, ready to be logged."""

    event: str
    level: Level
    fields: dict[str, Any]
    error: BaseException | None = None
    """What was raised, if anything."""


def say(step: steps.Step) -> Said:
    """The log line of a step. Fields that say nothing (None, no cause) are left out."""
    line = LINES.get(type(step))
    if line is None:  # a listener must never lose what it does not know
        return Said(type(step).__name__, "info", {"step": repr(step)})
    fields: dict[str, Any] = {}
    error: BaseException | None = None
    for name in line.fields:
        value = getattr(step, name)
        if isinstance(value, BaseException):
            error = value
        elif value is not None:
            fields[name] = value
    if isinstance(step, steps.Refused):
        fields |= {"kinds": tuple(refusal.kind for refusal in step.refusals), "text": draw(step.refusals)}
    return Said(line.event, _level(step, line), fields, error)


def _level(step: steps.Step, line: Line) -> Level:
    """A step's weight can hang on what happened: an end that was asked for is no warning."""
    match step:
        case steps.ShutdownRequested(code=code, cause=cause):
            return "error" if code else "info" if cause else "debug"
        case steps.Stopped(errors=errors) if errors:
            return "error"
        case steps.Drained(left=left) if left:
            return "warning"
        case steps.ProcessExited(code=code) if code:
            return "warning"
        case steps.BackgroundFailed(retry_in=retry) if retry is not None:
            return "warning"
        case _:
            return line.level
