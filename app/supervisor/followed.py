"""The child's side of the supervisor: say when ready, and go when the supervisor is gone, however it went."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Mapping, MutableMapping
from typing import Any

NOTIFY = "PANGAEA_NOTIFY_FD"
"""Names the file descriptor that takes `READY {json}` once."""
PARENT = "PANGAEA_PARENT_FD"
"""Names the file descriptor whose end of file means that the supervisor is gone."""

GRACE = 60.0
"""Seconds that a process left alone may take to drain and stop before it is ended by force."""


def notify_ready(facts: Mapping[str, Any], environ: MutableMapping[str, str] = os.environ) -> None:
    """Tell the supervisor, if there is one, that this process is ready: `{"edges": {"http": "127.0.0.1:8080"}, …}`."""
    given = environ.pop(NOTIFY, "")
    if not given.isdigit():
        return
    try:
        with os.fdopen(int(given), "wb", closefd=True) as pipe:
            pipe.write(b"READY " + json.dumps(facts).encode() + b"\n")
    except OSError:  # whoever wanted to know is gone; the watch on the parent deals with that
        return


def follow_parent(environ: MutableMapping[str, str] = os.environ, *, grace: float = GRACE) -> None:
    """Make this process receive SIGTERM, once, when its supervisor dies. Call it early.

    A thread watches the pipe for that, and ends the process by force when `grace` seconds later it still is there. The
    kernel could send the signal, too (PR_SET_PDEATHSIG), but sends it for each thread of the supervisor that the
    process belonged to on the way, and a second SIGTERM means: at once.
    """
    given = environ.pop(PARENT, "")
    if not given.isdigit():
        return
    threading.Thread(target=_watch, args=(int(given), grace), name="parent", daemon=True).start()


def _watch(pipe: int, grace: float) -> None:
    try:
        while os.read(pipe, 1):
            pass
    except OSError:
        return  # the descriptor was never ours
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace)
    os._exit(1)
