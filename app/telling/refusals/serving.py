"""Refusals of the HTTP edge."""

from __future__ import annotations

from . import Refusal


class RouteTaken(Refusal, frozen=True, kw_only=True):
    """Two answer the same method and path."""

    kind = "route-taken"
    route: str
    first: str
    second: str

    def says(self) -> str:
        return f"{self.second} is routed as {self.route}, which {self.first} answers already"

    def fix(self) -> str:
        return "give one of them another path"


class LitestarRefuses(Refusal, frozen=True, kw_only=True):
    """Litestar cannot make handlers of what the modules' controllers declare."""

    kind = "bad-controller"
    controllers: str
    why: str

    def says(self) -> str:
        return f"Litestar refuses the controllers ({self.controllers}): {self.why}" if self.controllers else self.why


class NoController(Refusal, frozen=True, kw_only=True):
    """A module's `controllers` holds something else."""

    kind = "no-controller"
    module: str
    controller: str

    def says(self) -> str:
        return f"the controllers of module {self.module} hold {self.controller}, which is no Litestar Controller"

    def fix(self) -> str:
        return "subclass litestar.Controller"
