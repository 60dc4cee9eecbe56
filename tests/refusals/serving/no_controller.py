"""A module offers something as a controller that is none."""

from app.serving.health import Health
from app.serving.server import HttpEdge
from app.telling.steps import Teller

EXPECTED = """
    the controllers of module front hold <class 'refusals_serving_no_controller.Pages'>, which is no Litestar Controller.
       at no_controller.py:14  Pages
       fix: subclass litestar.Controller.
"""


class Pages:
    pass


def wrong() -> None:
    HttpEdge(bindings=[], controllers=[("front", Pages, {})], health=Health(), tell=Teller())
