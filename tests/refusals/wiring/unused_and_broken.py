"""Nobody needs it, and it is refused all the same."""

from app.module.declaration import Module
from app.wiring.graph import Offers, read

EXPECTED = """
the parameter 'printer' of Report is 'Printer', and name 'Printer' is not defined.
   at unused_and_broken.py:19  Module(shop)
   at unused_and_broken.py:14  Report
   fix: import the name at the top of the file, outside `if TYPE_CHECKING`.
"""


class Report:
    def __init__(self, printer: "Printer") -> None: ...  # noqa: F821  # what is wrong here


def wrong() -> None:
    read([Module(name="shop", provide=[Report])], Offers())
