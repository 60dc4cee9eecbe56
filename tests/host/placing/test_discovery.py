"""Discovery and needs: names without imports, imports only where asked, contracts read from constructors."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

import pytest

from app.module.contract import in_threads
from app.module.declaration import Module, Named, decorate, invoke, provide
from app.placing.discovery import Found, find
from app.placing.needs import needs, uses_database
from app.placing.plan import placed, plan
from app.placing.topology import read
from app.storing.database import Database
from tests.projects import configured, forget, written
from tests.two_modules import Basket, Carts, Catalog, Shelf, cart, catalog

CONTRACT = """
from app.module.contract import Contract, query

class {name}(Contract):
    @query()
    async def ask(self) -> None: ...
"""
MODULE = """
from app.module.declaration import Module
from shop.{package}.contract import {name}

class Answers({name}):
    async def ask(self) -> None: ...

module = Module(exports=[{name}.by(Answers)])
"""
SINGLE = (
    CONTRACT.format(name="Adder")
    + """
from app.module.declaration import Module

class Adds(Adder):
    async def ask(self) -> None: ...

module = Module(exports=[Adder.by(Adds)])
"""
)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    files = {
        "shop/stock/contract.py": CONTRACT.format(name="Stock"),
        "shop/stock/module.py": MODULE.format(name="Stock", package="stock"),
        "shop/orders/contract/__init__.py": CONTRACT.format(name="Orders"),
        "shop/orders/module.py": MODULE.format(name="Orders", package="orders"),
        "shop/payment/contract.py": CONTRACT.format(name="Payment"),
        "shop/adder.py": SINGLE,
        "shop/_private.py": "raise RuntimeError",
        "shop/notes/readme.md": "",
        "topologies.toml": (
            '[topologies.split.processes.back]\nmodules = ["*"]\n'
            '[topologies.split.processes.edge]\nedges = ["*"]\n'
            '[topologies.split.external.pay]\ncontract = "Payment"\naddress = "pay:1"\n'
        ),
    }
    yield written(tmp_path, files)
    forget(tmp_path)


def test_names_are_found_without_importing_anything(project: Path) -> None:
    before = set(sys.modules)
    found = find(project, "shop")
    assert (found.names, found.packages) == (("adder", "orders", "stock"), ("adder", "orders", "payment", "stock"))
    assert not {name for name in set(sys.modules) - before if name.startswith("shop")}


def test_a_process_that_only_forwards_imports_only_contracts(project: Path) -> None:
    found = find(project, "shop")
    topologies = read(project / "topologies.toml")
    edge = plan(topologies, "split", "edge", found, configured(), {})
    assert [contract.__name__ for contract in edge.grpc] == ["Adder", "Orders", "Stock", "Payment"]
    assert [answer.placement for answer in edge.answers.values()] == ["remote", "remote", "remote", "external"]
    assert "shop.stock.contract" in sys.modules
    assert "shop.stock.module" not in sys.modules


def test_the_modules_of_a_process_are_known_before_its_configuration(project: Path) -> None:
    found = find(project, "shop")
    assert placed(read(project / "topologies.toml"), "split", "back", found) == ("adder", "orders", "stock")
    assert not [name for name in sys.modules if name.startswith("shop.")]


def test_a_contract_belongs_to_the_package_that_declares_it(project: Path) -> None:
    found = find(project, "shop")
    (stock,) = found.contracts("stock")
    assert found.owner(stock) == "stock"
    assert "shop.stock.module" not in sys.modules
    (payment,) = found.contracts("payment")
    assert found.owner(payment) is None


def test_exports_tell_the_owner_of_a_contract_without_a_home() -> None:
    assert Found.of([catalog, cart]).owner(Catalog) == "catalog"
    assert Found.of([cart]).owner(Catalog) is None


def test_another_project_s_package_of_the_same_name_is_no_mistake_for_ours(project: Path, tmp_path: Path) -> None:
    assert find(project, "shop").load("adder").name == "adder"
    assert find(tmp_path / "empty", "shop").names == ()


def test_a_folder_without_an_init_file_is_not_lost_to_an_installed_package_of_its_name(tmp_path: Path) -> None:
    taken = "tabnanny"  # the standard library has one
    written(tmp_path, {f"{taken}/adder.py": "from app import Module\nmodule = Module()\n"})
    try:
        assert find(tmp_path, taken).load("adder").name == "adder"
    finally:
        forget(tmp_path, taken)


def test_needs_are_read_from_every_kind_of_constructor() -> None:
    class Plain:
        def __init__(self, one: Catalog) -> None: ...

    def function(one: Catalog | None = None) -> Plain: ...

    async def hook(one: Annotated[Catalog, "why"], two: Annotated[Carts, Named("x")]) -> None: ...

    class Blocking:
        def __init__(self, one: Catalog) -> None: ...

    class Page:
        def __init__(self, one: Carts) -> None: ...

    def wrap(one: Plain, two: Carts) -> Plain: ...

    child = Module(name="child", exports=[Carts.by(in_threads(Blocking))], controllers=[Page])
    module = Module(
        name="parent",
        provide=[Plain, provide(partial(function)), Basket],
        invoke=[invoke(hook)],
        decorate=[decorate(wrap)],
        modules=[child],
    )
    told = [(need.contract.__name__, need.asked_by, need.optional) for need in needs(module)]
    assert told == [
        ("Catalog", "Plain(one: Catalog)", False),
        ("Catalog", "function(one: Catalog)", True),
        ("Catalog", "Basket(catalog: Catalog)", False),
        ("Carts", "wrap(two: Carts)", False),
        ("Catalog", "hook(one: Catalog)", False),
        ("Carts", "hook(two: Carts)", False),
        ("Catalog", "Blocking(one: Catalog)", False),
        ("Carts", "Page(one: Carts)", False),
    ]


def test_what_a_module_provides_for_itself_it_does_not_need_of_others() -> None:
    assert needs(Module(name="m", provide=[provide(Shelf, provides=Catalog), Basket])) == ()


def test_whoever_asks_for_a_database_is_known() -> None:
    def store(database: Database) -> str: ...

    assert uses_database(Module(name="m", provide=[store]))
    assert not uses_database(cart)
