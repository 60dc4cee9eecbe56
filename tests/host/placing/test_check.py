"""The check: what holds in every topology, and everything that does not, at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config import load
from app.placing import discovery, topology
from app.placing.check import check
from app.telling.refusals import Refused
from tests.projects import checked
from tests.two_modules import Carts, Catalog, cart, catalog

ROOT = Path(__file__).parents[3]


def kinds(text: str, *modules: object, **given: object) -> list[str]:
    with pytest.raises(Refused) as refused:
        checked(text, *(modules or (catalog, cart)), **given)  # type: ignore[arg-type]
    return [refusal.kind for refusal in refused.value.refusals]


def test_the_project_s_own_topologies_hold() -> None:
    found = discovery.find(ROOT)
    config = load(root=ROOT, environ={}, modules=found.names)
    report = check(topology.read(ROOT / "config" / "topologies.toml"), found, config, {})
    assert {"monolith", "microservices", "mixed", "boutique", "polyglot"} <= report.topologies.keys()
    mixed = report.topologies["mixed"].processes
    assert {name: len(plans) for name, plans in mixed.items()} == {"store": 1, "cart": 2, "money": 1, "edge": 1}


def test_a_report_tells_who_calls_whom() -> None:
    text = '[topologies.t.processes.a]\nmodules = ["catalog"]\nedges = []\n[topologies.t.processes.b]\nmodules = ["cart"]\n'
    report = checked(text, catalog, cart)
    (link,) = report.topologies["t"].links
    assert (link.module, link.contract, link.by, link.placement) == ("cart", Catalog, "catalog", "remote")
    assert (report.modules, report.contracts) == (("catalog", "cart"), (Catalog, Carts))


def test_all_topologies_are_refused_at_once() -> None:
    text = (
        '[topologies.a.processes.p]\nmodules = ["cart"]\n'
        '[topologies.b.processes.p]\nmodules = ["catalog", "cart"]\n[topologies.b.processes.q]\nmodules = ["cart"]\n'
        '[topologies.c.processes.p]\nmodules = ["*", "nothing"]\n'
    )
    found = kinds(text)
    assert {"contract-unanswered", "module-placed-twice", "port-conflict", "unknown-module"} == set(found)


def test_settings_of_every_module_have_to_be_complete() -> None:
    files = {
        "shop/mail.py": "from app.module.declaration import Module\nfrom app.module.settings import Settings\n\n"
        "class MailSettings(Settings):\n    server: str\n\nmodule = Module(settings=MailSettings)\n"
    }
    text = '[topologies.t.processes.p]\nmodules = ["*"]\n'
    assert kinds(text, files=files) == ["missing-value"]
    checked(text, files=files, variables={"PANGAEA_MODULES_MAIL_SERVER": "x"})


def test_processes_on_machines_of_their_own_may_use_the_same_ports() -> None:
    processes = 'processes.a = { modules = ["catalog"] }\nprocesses.b = { modules = ["cart"] }\n'
    checked(f'[topologies.t]\npeers = "dns"\n{processes}', catalog, cart)
    assert kinds(f"[topologies.t]\n{processes}") == ["port-conflict", "port-conflict"]


def test_peer_ports_and_edges_are_held_against_each_other() -> None:
    text = '[topologies.t]\npeers = "tcp"\nbase_port = 8079\nprocesses.a = { modules = ["catalog"], edges = [] }\n'
    assert kinds(text + 'processes.b = { modules = ["cart"] }\n') == ["port-conflict"]


@pytest.mark.parametrize(
    ("host", "other", "collide"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("127.0.0.1", "0.0.0.0", True),
        ("::", "127.0.0.2", True),
        ("localhost", "127.0.0.1", True),
        ("localhost", "::1", True),
        ("127.0.0.1", "::1", False),
        ("FE80::1", "fe80::1", True),
    ],
)
def test_two_doors_on_one_port_collide_where_their_hosts_overlap(host: str, other: str, collide: bool) -> None:
    text = (
        f'[topologies.t]\nprocesses.a = {{ modules = ["catalog"], host = "{host}" }}\n'
        f'processes.b = {{ modules = ["cart"], host = "{other}" }}\n'
    )
    if collide:
        assert kinds(text) == ["port-conflict", "port-conflict"]
    else:
        checked(text, catalog, cart)


def test_a_process_that_offers_one_kind_of_door_takes_one_port() -> None:
    text = (
        '[topologies.t]\nprocesses.a = { modules = ["catalog"], http = false }\n'
        'processes.b = { modules = ["cart"], grpc = false }\n'
    )
    processes = checked(text, catalog, cart).topologies["t"].processes
    assert (processes["a"][0].http_address, processes["a"][0].grpc_address) == (None, "127.0.0.1:9090")
    assert (processes["b"][0].http_address, processes["b"][0].grpc_address) == ("127.0.0.1:8080", None)


def test_a_module_left_out_on_purpose_is_not_missed() -> None:
    text = '[topologies.t]\nwithout = ["cart"]\nprocesses.a = { modules = ["catalog"], edges = ["*"] }\n'
    assert checked(text, catalog, cart).topologies["t"].processes["a"][0].grpc == (Catalog,)


def test_a_module_whose_contracts_are_answered_outside_need_not_be_placed() -> None:
    text = (
        '[topologies.t.processes.a]\nmodules = ["cart"]\nedges = ["*"]\n'
        '[topologies.t.external.stock]\ncontract = "Catalog"\naddress = "stock:1"\n'
    )
    plan = checked(text, catalog, cart).topologies["t"].processes["a"][0]
    assert set(plan.grpc) == {Catalog, Carts}


def test_without_a_declared_limit_connections_are_not_counted() -> None:
    from app.module.declaration import Module
    from app.storing.database import Database

    def store(database: Database) -> str: ...

    stock = Module(name="stock", provide=[store])
    settings = '[default.database]\nurl = "postgresql://h/d"\npool_size = 500\n'
    checked('[topologies.t.processes.p]\nmodules = ["*"]\n', stock, settings=settings)


def test_a_policy_may_name_a_contract_by_its_class_or_its_service() -> None:
    settings = (
        '[default.calls.policies.Carts]\nattempts = 1\n[default.calls.policies."shop.CatalogService"]\nattempts = 1\n'
    )
    checked('[topologies.t.processes.p]\nmodules = ["*"]\n', catalog, cart, settings=settings)


def test_pages_beside_a_gateway_are_served_where_their_process_says_so() -> None:
    from app.module.declaration import Module

    pages = Module(name="pages", controllers=[type("Page", (), {})])
    text = '[topologies.t.processes.a]\nmodules = ["pages"]\n{}[topologies.t.processes.edge]\nedges = ["*"]\n'
    assert kinds(text.format(""), pages) == ["controller-unserved"]
    checked(text.format("edges = []\n"), pages)
    checked(text.format('edges = ["pages"]\nhttp_port = 8081\ngrpc_port = 9091\n'), pages)
