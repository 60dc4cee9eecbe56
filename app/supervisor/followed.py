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
PARENT_PID = "PANGAEA_PARENT_PID"

GRACE = 60.0
"""Seconds that a process left alone may take to drain and stop before it is ended by force."""

_PR_SET_PDEATHSIG = 1


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
    """Make this process receive SIGTERM, once, when its supervisor dies. Call it from the main thread, early.

    The kernel sends the signal where it can (Linux); elsewhere a thread that watches the pipe does. Either way the
    thread ends the process by force when `grace` seconds later it still is there.
    """
    given, pid = environ.pop(PARENT, ""), environ.pop(PARENT_PID, "")
    if not given.isdigit():
        return
    signalled = _ask_kernel()
    if signalled and pid.isdigit() and os.getppid() != int(pid):
        signalled = False  # the supervisor died before the kernel was asked
    watch = threading.Thread(target=_watch, args=(int(given), not signalled, grace), name="parent", daemon=True)
    watch.start()


def _watch(pipe: int, signals: bool, grace: float) -> None:
    try:
        while os.read(pipe, 1):
            pass
    except OSError:
        return  # the descriptor was never ours
    if signals:
        os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace)
    os._exit(1)


def _ask_kernel() -> bool:
    try:
        import ctypes

        prctl = ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError, TypeError):
        return False
    return prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0) == 0
