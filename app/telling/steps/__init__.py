"""Steps: one frozen type for each thing that the host does. Logs, traces and the console are listeners to these.

A step carries facts as fields and no sentence; times are seconds (float). Adding a type here means deciding how
`app.observing.lines` says it: a test holds the two together.
"""

from __future__ import annotations

from .calls import CallBroke, NeighbourDiffers, NeighbourFound, NeighbourLost, PeerRefused, RequestBroke, Swapped
from .data import DatabaseFound, DatabaseLost, Migrated, MigrationsAhead, ReplicaFound, ReplicaLost, RightsShared
from .life import (
    BackgroundFailed,
    BuildFailed,
    Built,
    Checked,
    Closed,
    Drained,
    Draining,
    HookStarted,
    HookStartFailed,
    HookStarting,
    HookStopFailed,
    HookStopped,
    Listening,
    Placed,
    Ready,
    Refused,
    ShutdownRequested,
    SignalReceived,
    StartFailed,
    StartStuck,
    StopFailed,
    Stopped,
)
from .processes import ProcessExited, ProcessStarted
from .step import Listener, Step, Teller

__all__ = [
    "BackgroundFailed",
    "BuildFailed",
    "Built",
    "CallBroke",
    "Checked",
    "Closed",
    "DatabaseFound",
    "DatabaseLost",
    "Drained",
    "Draining",
    "HookStartFailed",
    "HookStarted",
    "HookStarting",
    "HookStopFailed",
    "HookStopped",
    "Listener",
    "Listening",
    "Migrated",
    "MigrationsAhead",
    "NeighbourDiffers",
    "NeighbourFound",
    "NeighbourLost",
    "PeerRefused",
    "Placed",
    "ProcessExited",
    "ProcessStarted",
    "Ready",
    "Refused",
    "ReplicaFound",
    "ReplicaLost",
    "RequestBroke",
    "RightsShared",
    "ShutdownRequested",
    "SignalReceived",
    "StartFailed",
    "StartStuck",
    "Step",
    "StopFailed",
    "Stopped",
    "Swapped",
    "Teller",
]
