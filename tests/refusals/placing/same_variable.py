"""Two processes whose addresses one variable would override."""

from __future__ import annotations

from tests.projects import topologies_of

EXPECTED = ("`cart_a` of topology `one` and `cart-a` share the variable PANGAEA_ADDRESS_CART_A",)


def wrong() -> object:
    return topologies_of("[topologies.one.processes.cart-a]\n[topologies.one.processes.cart_a]\n")
