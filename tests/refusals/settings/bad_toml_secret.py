"""A secrets file with a mistake: the secret beside it is not repeated."""

from __future__ import annotations

from tests.projects import configured

EXPECTED = (".secrets.toml is not TOML", ".secrets.toml:2")
UNSAID = ("hunter2",)


def wrong() -> object:
    return configured(files={"config/.secrets.toml": "[default.deployment]\nkey = hunter2\n"})
