"""How processes are spoken to: by the topology, the process, or a contract's policy."""

from __future__ import annotations

from app.module.contract import Contract
from app.placing.addresses import Address
from app.placing.plan import ProcessPlan
from tests.projects import planned
from tests.two_modules import Carts, Catalog, cart, catalog

TOPOLOGIES = """
[topologies.usual]
peers = "tcp"
processes.stock = { modules = ["catalog"], replicas = 2, edges = [] }
processes.carts = { modules = ["cart"] }

[topologies.back]
transport = "grpc"
processes.stock = { modules = ["catalog"], edges = [] }
processes.carts = { modules = ["cart"], transport = "lean" }
"""
GRPC = '[default.calls.policies."shop.CatalogService"]\ntransport = "grpc"\n'
LEAN = '[default.calls.policies.Catalog]\ntransport = "lean"\n'


def of(topology: str, process: str, **given: str) -> ProcessPlan:
    return planned(TOPOLOGIES, topology, process, catalog, cart, **given)  # type: ignore[arg-type]


def found(plan: ProcessPlan, contract: type[Contract]) -> tuple[str, tuple[str, ...]]:
    answer = plan.answers[contract]
    return answer.transport, answer.addresses


def test_processes_talk_over_the_lean_wire_unless_something_else_is_said() -> None:
    assert of("usual", "stock").transport == "lean"
    assert found(of("usual", "carts"), Catalog) == ("lean", ("127.0.0.1:9500", "127.0.0.1:9501"))


def test_a_topology_goes_back_to_grpc_and_a_process_has_its_own_word() -> None:
    assert (of("back", "stock").transport, of("back", "carts").transport) == ("grpc", "lean")
    assert found(of("back", "carts"), Catalog)[0] == "grpc"


def test_a_contract_of_another_transport_has_a_door_beside() -> None:
    stock = of("usual", "stock", settings=GRPC)
    assert stock.transport == "lean"
    assert stock.beside is not None
    assert (stock.beside.transport, stock.beside.address) == ("grpc", "127.0.0.1:14500")
    assert stock.beside.contracts == (Catalog,)
    assert found(of("usual", "carts", settings=GRPC), Catalog) == ("grpc", ("127.0.0.1:14500", "127.0.0.1:14501"))
    carts = of("usual", "carts", settings=GRPC)
    assert (carts.serves, carts.beside) == ((Carts,), None)


def test_a_policy_that_says_what_holds_anyway_opens_nothing_more() -> None:
    assert of("usual", "stock", settings=LEAN).beside is None
    beside = of("back", "stock", settings=LEAN).beside
    assert beside is not None
    assert (beside.transport, beside.address.endswith("stock-0.sock.lean")) == ("lean", True)


def test_a_port_at_the_end_of_the_range_has_its_neighbour_below() -> None:
    assert str(Address("", "127.0.0.1", 9500).beside("grpc")) == "127.0.0.1:14500"
    assert str(Address("", "127.0.0.1", 65_000).beside("grpc")) == "127.0.0.1:60000"
    assert str(Address("unix", path="/run/a.sock").beside("grpc")) == "unix:/run/a.sock.grpc"
