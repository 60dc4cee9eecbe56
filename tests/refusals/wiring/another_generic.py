"""A repository of users is offered as one of orders."""

from typing import Generic, TypeVar

from app.module.declaration import Module, provide
from app.wiring.graph import Offers, read

EXPECTED = """
Users is offered as Repository[Order], and Users is a Repository[User].
   at another_generic.py:36  provide(Users)
   at another_generic.py:31  Users
   fix: let it be a Repository[Order], or offer it as what it is.
"""


T = TypeVar("T")


class User:
    pass


class Order:
    pass


class Repository(Generic[T]):
    pass


class Users(Repository[User]):
    pass


def wrong() -> None:
    read([Module(name="shop", provide=[provide(Users, provides=Repository[Order])])], Offers())
