"""Templates into pages: escaped by default, and strict, so that a misspelt name breaks a test and no page."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .assets import Assets
from .money import shown, times

NAME = "Pangaea Supply"


class Rendering:
    """The templates in `templates/`."""

    def __init__(self, assets: Assets) -> None:
        self._jinja = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        filters: dict[str, Any] = {"money": shown, "times": times, "picture": assets.picture, "day": _day}
        self._jinja.filters.update(filters)
        named: dict[str, Any] = {"static": assets.url, "shop": NAME}
        self._jinja.globals.update(named)

    def page(self, template: str, **values: Any) -> str:
        """A page's HTML."""
        return self._jinja.get_template(template).render(**values)


def _day(moment: datetime) -> str:
    """`20 November 2026`, in UTC whatever the machine's own zone and language."""
    moment = moment.astimezone(UTC) if moment.tzinfo else moment
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
