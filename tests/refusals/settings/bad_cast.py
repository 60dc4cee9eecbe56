"""One of dynaconf's casts that fails."""

from __future__ import annotations

from tests.projects import configured

EXPECTED = ("`http.port` has a cast @int that cannot be evaluated", "settings.toml:2")


def wrong() -> object:
    return configured('[default.http]\nport = "@int many"\n')
