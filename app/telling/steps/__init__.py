"""Steps: one frozen type for each thing that the host does. Logs, traces and the console are listeners to these.

A step carries facts as fields and no sentence; times are seconds (float). Adding a type here means deciding how
`app.observing.lines` says it: a test holds the two together.
"""

from __future__ import annotations

from .calls import (
    CallBroke as CallBroke,
)
from .calls import (
    NeighbourFound as NeighbourFound,
)
from .calls import (
    NeighbourLost as NeighbourLost,
)
from .calls import (
    RequestBroke as RequestBroke,
)
from .calls import (
    Swapped as Swapped,
)
from .data import (
    DatabaseFound as DatabaseFound,
)
from .data import (
    DatabaseLost as DatabaseLost,
)
from .data import (
    Migrated as Migrated,
)
from .data import (
    MigrationsAhead as MigrationsAhead,
)
from .life import (
    BackgroundFailed as BackgroundFailed,
)
from .life import (
    BuildFailed as BuildFailed,
)
from .life import (
    Built as Built,
)
from .life import (
    Checked as Checked,
)
from .life import (
    Closed as Closed,
)
from .life import (
    Drained as Drained,
)
from .life import (
    Draining as Draining,
)
from .life import (
    HookStarted as HookStarted,
)
from .life import (
    HookStartFailed as HookStartFailed,
)
from .life import (
    HookStarting as HookStarting,
)
from .life import (
    HookStopFailed as HookStopFailed,
)
from .life import (
    HookStopped as HookStopped,
)
from .life import (
    Listening as Listening,
)
from .life import (
    Placed as Placed,
)
from .life import (
    Ready as Ready,
)
from .life import (
    Refused as Refused,
)
from .life import (
    ShutdownRequested as ShutdownRequested,
)
from .life import (
    SignalReceived as SignalReceived,
)
from .life import (
    StartFailed as StartFailed,
)
from .life import (
    StartStuck as StartStuck,
)
from .life import (
    StopFailed as StopFailed,
)
from .life import (
    Stopped as Stopped,
)
from .processes import (
    ProcessExited as ProcessExited,
)
from .processes import (
    ProcessStarted as ProcessStarted,
)
from .step import Listener as Listener
from .step import Step as Step
from .step import Teller as Teller
