"""A module answers a contract that lives in another module's package."""

from __future__ import annotations

from pathlib import Path

from tests.projects import checked

EXPECTED = """
Stock is declared in module `stock` and answered by `depot`.
   at shop/depot/module.py:3  Stock.by(…)
   fix: move its declaration to `depot`: processes that run neither look for it where it is declared.
"""

FILES = {
    "shop/stock/contract.py": "from app.module.contract import Contract, query\n\n\nclass Stock(Contract):\n"
    "    @query()\n    async def count(self) -> None: ...\n",
    "shop/stock/module.py": "from app.module.declaration import Module\n\nmodule = Module()\n",
    "shop/depot/module.py": "from app.module.declaration import Module\nfrom shop.stock.contract import Stock\n"
    "module = Module(exports=[Stock.by(Stock)])\n",
}

TOPOLOGIES = """
[topologies.one.processes.main]
modules = ["*"]
"""


def wrong(tmp_path: Path) -> object:
    return checked(TOPOLOGIES, files=FILES, root=tmp_path)
