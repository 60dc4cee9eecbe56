"""Requests that a page turns away, and the words in which it does."""

from __future__ import annotations

from dataclasses import dataclass


class Turned(Exception):
    """A request that gets no page: a status, what to say of it, and a sentence more."""

    def __init__(self, status: int, title: str, more: str = "") -> None:
        super().__init__(title)
        self.told = Told(status, title, more)


@dataclass(frozen=True, slots=True)
class Told:
    """What a page says of trouble."""

    status: int
    title: str
    more: str = ""
    again: bool = False
    """Whether it may help to try once more."""
    cart: str = "/cart"
    """The way back to the cart."""


def no_product() -> Turned:
    """Nothing is sold under this id."""
    return Turned(404, "We do not carry that", "The product you asked for is not in our catalogue, or not any more.")


OTHER = {
    400: "That request makes no sense to us",
    403: "That is not for you to see",
    404: "There is nothing here",
    405: "That cannot be done here",
    413: "That is more than we can take",
    415: "That is no form",
    422: "Something about that is not right",
    429: "That was too often",
    500: "Something broke on our side",
}
"""Titles for statuses that come without words of their own."""
