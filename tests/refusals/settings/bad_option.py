"""`--set` without a value."""

from __future__ import annotations

from tests.projects import configured

EXPECTED = ("is no assignment", "--set section.key=value")
UNSAID = ("hunter2",)


def wrong() -> object:
    return configured(options=["hunter2"])
