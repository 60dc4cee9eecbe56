"""What the tests of calls share: patience."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt to connect fails where somebody says no, and not because the machine was busy for two seconds."""
    monkeypatch.setattr("app.calling.lean.lines.ATTEMPT", 30.0)
