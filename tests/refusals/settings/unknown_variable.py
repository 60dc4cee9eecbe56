"""A variable with our prefix that names nothing."""

from __future__ import annotations

from tests.projects import configured

EXPECTED = ("the variable PANGAEA_HTTP_PRT sets nothing that is known", "did you mean `PANGAEA_HTTP_PORT`")


def wrong() -> object:
    return configured(variables={"PANGAEA_HTTP_PRT": "8081"})
