"""A Settings class with a type that configuration cannot fill."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

from app.module.settings import Settings
from tests.projects import configured

EXPECTED = """
modules.cart.worker cannot be filled from configuration: nothing that is written can become a Thread.
   fix: use bool, int, float, str, Secret[...], enums, dates, durations, paths, lists, tables and Settings.
"""


class CartSettings(Settings):
    worker: Thread | None = None


def wrong(tmp_path: Path) -> object:
    return configured('[default.modules.cart]\nworker = "x"\n', modules={"cart": CartSettings}, root=tmp_path)
