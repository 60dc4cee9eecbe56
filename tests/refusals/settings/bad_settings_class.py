"""A Settings class with a type that configuration cannot fill."""

from __future__ import annotations

from threading import Thread

from app.module.settings import Settings
from tests.projects import configured

EXPECTED = ("modules.cart.worker cannot be filled from configuration", "a Thread")


class CartSettings(Settings):
    worker: Thread | None = None


def wrong() -> object:
    return configured('[default.modules.cart]\nworker = "x"\n', modules={"cart": CartSettings})
