"""Plans: what one process runs, serves and calls, in whichever topology."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.module.contract import Contract
from app.placing.addresses import LONGEST_SOCKET, socket_of
from app.telling.refusals import Refused
from tests.projects import planned
from tests.two_modules import Carts, Catalog, cart, catalog

TOPOLOGIES = """
[topologies.monolith.processes.shop]
modules = ["*"]

[topologies.split.processes.catalog]
modules = ["catalog"]
replicas = 2

[topologies.split.processes.rest]
modules = ["*"]

[topologies.split.processes.edge]
edges = ["*"]

[topologies.tcp]
peers = "tcp"
base_port = 7000
processes.a = { modules = ["catalog"], replicas = 2, edges = [] }
processes.b = { modules = ["cart"], http_port = 8081, host = "0.0.0.0" }

[topologies.named]
peers = "dns"
processes.stock = { modules = ["catalog"], replicas = 3 }
processes.cart = { modules = ["cart"], edges = ["*"] }

[topologies.outside.processes.shop]
modules = ["cart"]

[topologies.outside.external.stock]
contract = "shop.CatalogService"
address = "dns:///stock.example:50051"
"""


def of(topology: str, process: str | None = None, **given: object):
    return planned(TOPOLOGIES, topology, process, catalog, cart, **given)  # type: ignore[arg-type]


def placements(plan: object) -> dict[type[Contract], str]:
    return {contract: answer.placement for contract, answer in plan.answers.items()}  # type: ignore[attr-defined]


def test_a_monolith_answers_everything_itself_and_opens_nothing_for_peers() -> None:
    plan = of("monolith")
    assert (plan.process, plan.modules, plan.http) == ("shop", ("catalog", "cart"), ("catalog", "cart"))
    assert plan.grpc == (Catalog, Carts)
    assert placements(plan) == {Catalog: "local", Carts: "local"}
    assert (plan.serves, plan.peer_address, plan.peers) == ((), None, ())
    assert (plan.http_address, plan.grpc_address) == ("127.0.0.1:8080", "127.0.0.1:9090")


def test_the_default_topology_is_meant_where_none_is_named() -> None:
    assert of("").topology == "monolith"


def test_loopback_calls_its_own_peer_address() -> None:
    plan = of("monolith", loopback=True)
    assert plan.serves == (Catalog, Carts)
    assert plan.peer_address is not None
    assert {answer.addresses for answer in plan.answers.values()} == {(plan.peer_address,)}
    assert placements(plan) == {Catalog: "remote", Carts: "remote"}


def test_a_star_takes_what_no_other_process_names() -> None:
    assert of("split", "rest").modules == ("cart",)


def test_a_gateway_forwards_everything_and_runs_nothing() -> None:
    plan = of("split", "edge")
    assert (plan.modules, plan.http, plan.grpc) == ((), ("catalog", "cart"), (Catalog, Carts))
    assert placements(plan) == {Catalog: "remote", Carts: "remote"}
    assert (plan.serves, plan.peer_address, plan.peers) == ((), None, ("catalog", "rest"))


def test_processes_beside_a_gateway_open_no_edge_of_their_own() -> None:
    plan = of("split", "catalog")
    assert (plan.http, plan.http_address, plan.grpc, plan.grpc_address) == ((), None, (), None)
    assert plan.serves == (Catalog,)


def test_a_process_answers_only_for_what_it_runs_serves_or_needs() -> None:
    assert placements(of("split", "catalog")) == {Catalog: "local"}
    assert placements(of("split", "rest")) == {Carts: "local", Catalog: "remote"}


def test_replicas_are_all_found_and_each_listens_at_its_own_address() -> None:
    addresses = of("split", "rest").answers[Catalog].addresses
    listening = [of("split", "catalog", variables={"PANGAEA_REPLICA": n}).peer_address for n in "01"]
    assert [address.rpartition("/")[2] for address in addresses] == ["catalog-0.sock", "catalog-1.sock"]
    assert [str(address).rpartition("/")[2] for address in listening] == ["catalog-0.sock", "catalog-1.sock"]


def test_ports_are_counted_from_the_base_in_the_order_of_the_file() -> None:
    assert of("tcp", "b").answers[Catalog].addresses == ("127.0.0.1:7000", "127.0.0.1:7001")
    assert of("tcp", "b").peer_address == "127.0.0.1:7002"
    assert of("tcp", "a", variables={"PANGAEA_REPLICA": "1"}).peer_address == "127.0.0.1:7001"


def test_a_process_may_have_a_host_and_ports_of_its_own() -> None:
    plan = of("tcp", "b")
    assert (plan.http_address, plan.grpc_address) == ("0.0.0.0:8081", "0.0.0.0:9090")


def test_processes_on_machines_of_their_own_are_found_by_name() -> None:
    assert of("named", "cart").answers[Catalog].addresses == ("dns:///stock:9500",)
    assert of("named", "stock", variables={"PANGAEA_REPLICA": "2"}).peer_address == "0.0.0.0:9500"


def test_an_address_variable_moves_a_process_for_itself_and_for_its_peers() -> None:
    variables = {"PANGAEA_ADDRESS_CATALOG": "ipv4:127.0.0.1:1,127.0.0.1:2"}
    assert of("split", "rest", variables=variables).answers[Catalog].addresses == (
        "ipv4:127.0.0.1:1",
        "ipv4:127.0.0.1:2",
    )
    assert of("split", "catalog", variables=variables | {"PANGAEA_REPLICA": "1"}).peer_address == "127.0.0.1:2"


@pytest.mark.parametrize(
    ("address", "listening"),
    [
        ("rest.internal:9500", "0.0.0.0:9500"),
        ("dns:///rest:9500", "0.0.0.0:9500"),
        ("localhost:9500", "localhost:9500"),
        ("10.0.0.7:9500", "10.0.0.7:9500"),
        ("ipv6:[::1]:9500", "[::1]:9500"),
        ("unix:/run/shop/rest.sock", "unix:/run/shop/rest.sock"),
    ],
)
def test_a_process_listens_so_that_its_address_reaches_it(address: str, listening: str) -> None:
    assert of("split", "rest", variables={"PANGAEA_ADDRESS_REST": address}).peer_address == listening


def test_an_external_service_answers_in_place_of_a_module() -> None:
    answer = of("outside").answers[Catalog]
    assert (answer.placement, answer.by, answer.addresses) == ("external", "stock", ("dns:///stock.example:50051",))


def test_a_variable_moves_an_external_service() -> None:
    variables = {"PANGAEA_ADDRESS_STOCK": "127.0.0.1:1,127.0.0.1:2"}
    assert of("outside", variables=variables).answers[Catalog].addresses == ("127.0.0.1:1", "127.0.0.1:2")
    with pytest.raises(Refused) as refused:
        of("outside", variables={"PANGAEA_ADDRESS_STOCK": "nowhere"})
    assert [refusal.kind for refusal in refused.value.refusals] == ["bad-address"]


def test_edges_that_are_switched_off_have_no_address() -> None:
    plan = of("monolith", settings="[default.http]\nenabled = false\n[default.grpc]\nenabled = false\n")
    assert (plan.http_address, plan.grpc_address) == (None, None)


def test_any_free_port_stays_any_free_port_for_every_replica() -> None:
    text = '[topologies.t.processes.p]\nmodules = ["*"]\nreplicas = 2\n'
    plan = planned(text, "t", "p", catalog, cart, variables={"PANGAEA_HTTP_PORT": "0", "PANGAEA_REPLICA": "1"})
    assert (plan.http_address, plan.grpc_address) == ("127.0.0.1:0", "127.0.0.1:9091")


def test_each_process_has_a_management_port_of_its_own() -> None:
    settings = "[default.management]\nport = 9900\n"
    found = [of("split", p, settings=settings).management_address for p in ("catalog", "rest", "edge")]
    assert found == ["127.0.0.1:9900", "127.0.0.1:9902", "127.0.0.1:9903"]


def test_a_module_repeated_on_purpose_is_answered_locally_where_it_runs() -> None:
    text = (
        '[topologies.t]\nrepeat = ["catalog"]\nprocesses.a = { modules = ["catalog"] }\n'
        'processes.b = { modules = ["catalog", "cart"] }\nprocesses.c = { edges = ["*"] }\n'
    )
    assert placements(planned(text, "t", "b", catalog, cart))[Catalog] == "local"
    assert len(planned(text, "t", "c", catalog, cart).answers[Catalog].addresses) == 2


def test_a_plan_tells_everything_that_stands_in_its_way() -> None:
    variables = {"PANGAEA_REPLICA": "x", "PANGAEA_ADDRESS_SHPO": "h:1"}
    text = '[topologies.t.processes.shop]\nmodules = ["cart", "crat"]\n'
    with pytest.raises(Refused) as refused:
        planned(text, "t", "shop", catalog, cart, variables=variables)
    assert {refusal.kind for refusal in refused.value.refusals} == {
        "unknown-module", "unknown-variable", "unknown-replica", "contract-unanswered"
    }  # fmt: skip


def test_sockets_of_a_deep_folder_move_to_a_short_one_that_all_processes_know() -> None:
    deep = Path("/" + "d" * 120)
    address = socket_of(deep, "split", "p" * 60, 0)
    assert address == socket_of(deep, "split", "p" * 60, 0)
    assert address != socket_of(deep, "other", "p" * 60, 0)
    assert len(address.path) <= LONGEST_SOCKET
