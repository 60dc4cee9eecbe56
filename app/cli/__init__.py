"""The command line: `pangaea`, also `python -m app`. Exit codes: 0 well, 1 failed, 2 refused or misused, 130 interrupted."""

from __future__ import annotations

import sys
from collections.abc import Sequence

OK, FAILED, REFUSED, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code. Every error is a sentence on stderr, never a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        from .quick import run_quickly

        code = run_quickly(given)  # `run` starts thousands of times a day: it does without the parser's imports
        if code is not None:
            return code
        from .program import run_program

        return run_program(given)
    except KeyboardInterrupt:  # while something is being imported
        return INTERRUPTED
