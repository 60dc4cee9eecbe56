"""Two processes whose addresses one variable would override."""

from __future__ import annotations

from pathlib import Path

from tests.projects import topologies_of

EXPECTED = """
`cart_a` of topology `one` and `cart-a` share the variable PANGAEA_ADDRESS_CART_A.
   at topologies.toml:2  topologies.one.processes.cart_a
   fix: rename one of them.
"""


def wrong(tmp_path: Path) -> object:
    return topologies_of("[topologies.one.processes.cart-a]\n[topologies.one.processes.cart_a]\n", root=tmp_path)
