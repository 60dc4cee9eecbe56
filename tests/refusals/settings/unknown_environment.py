"""PANGAEA_ENV with a slip of the pen."""

from __future__ import annotations

from tests.projects import configured

EXPECTED = ("no environment `prodution`", "did you mean `production`?", "PANGAEA_ENV")


def wrong() -> object:
    return configured(variables={"PANGAEA_ENV": "prodution"})
