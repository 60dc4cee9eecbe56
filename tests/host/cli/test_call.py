"""`pangaea call` calls whatever answers: over a host's real gRPC edge."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.cli.contract_names import find_answerer, find_contract, find_method
from app.host.project import Project
from app.telling.refusals import Refused
from app.testing import TestHost

ROOT = Path(__file__).parents[3]

STREAMS = '''\
"""Numbers that come and go."""

from __future__ import annotations

from collections.abc import AsyncIterator

from app import Contract, Message, Module, NotFound, query


class Number(Message):
    value: int


class NoSuchNumber(NotFound, says="there is no number {wanted}"):
    wanted: int


class Numbers(Contract):
    """Counts."""

    @query()
    def count(self, to: int) -> AsyncIterator[Number]:
        """One by one."""
        ...

    @query()
    async def total(self, numbers: AsyncIterator[Number]) -> Number:
        """All together."""
        ...

    @query(raises=(NoSuchNumber,))
    async def find(self, wanted: int) -> Number:
        """Never there."""
        ...


class Counting(Numbers):
    async def count(self, to: int) -> AsyncIterator[Number]:
        for value in range(to):
            yield Number(value)

    async def total(self, numbers: AsyncIterator[Number]) -> Number:
        return Number(sum([number.value async for number in numbers]))

    async def find(self, wanted: int) -> Number:
        raise NoSuchNumber(wanted)


module = Module(exports=[Numbers.by(Counting)])
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "topologies.toml").write_text('[topologies.monolith.processes.main]\nmodules = ["*"]\n')
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "__init__.py").touch()
    (tmp_path / "modules" / "numbers.py").write_text(STREAMS)
    return tmp_path


@pytest.fixture
async def address(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    import importlib.util

    spec = importlib.util.spec_from_file_location("modules.numbers", folder / "modules" / "numbers.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "modules.numbers", loaded)
    spec.loader.exec_module(loaded)
    async with TestHost(loaded.module, edges=True) as host:
        yield host.grpc


async def pangaea(folder: Path, *words: str, given: str = "") -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app", *words, cwd=folder,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate(given.encode())
    return process.returncode or 0, out.decode(), err.decode()


async def test_a_stream_is_printed_item_by_item(folder: Path, address: str) -> None:
    code, out, _ = await pangaea(folder, "call", "Numbers.count", "to=3", "--address", address, "--json")
    assert code == 0
    assert [json.loads(line) for line in out.splitlines()] == [{"value": 0}, {"value": 1}, {"value": 2}]


async def test_a_stream_of_requests_is_read_line_by_line(folder: Path, address: str) -> None:
    lines = '{"value": 1}\n{"value": 2}\n'
    code, out, _ = await pangaea(folder, "call", "numbers.Total", "-a", address, "--data", "-", "--json", given=lines)
    assert (code, json.loads(out)) == (0, {"value": 3})


async def test_a_failure_is_a_sentence_and_the_code_1_and_json_with_its_fields(folder: Path, address: str) -> None:
    code, out, err = await pangaea(folder, "call", "Numbers.find", "wanted=7", "--address", address, "--json")
    assert code == 1
    assert json.loads(out) == {
        "ok": False, "kind": "NOT_FOUND", "failure": "NoSuchNumber", "text": "there is no number 7",
        "fields": {"wanted": 7},
    }  # fmt: skip
    assert err == "NOT_FOUND: there is no number 7.\n"


async def test_a_deadline_ends_the_wait_for_nobody(folder: Path) -> None:
    code, out, err = await pangaea(folder, "call", "Numbers.find", "wanted=7", "-a", "127.0.0.1:1", "-d", "0.5")
    assert (code, out) == (1, "")
    assert err.startswith(("UNAVAILABLE: ", "DEADLINE_EXCEEDED: "))


async def test_a_contract_alone_lists_its_methods(folder: Path) -> None:
    code, out, _ = await pangaea(folder, "call", "numbers")
    assert code == 0
    assert [line.split("  ")[0].strip() for line in out.splitlines()] == [
        "numbers.Numbers", "Numbers.count to=<int>", "Numbers.total value=<int> …", "Numbers.find wanted=<int>",
    ]  # fmt: skip


# --- names --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Catalog", "catalog", "ProductCatalogService", "hipstershop.ProductCatalogService"])
def test_a_contract_goes_by_its_class_and_by_its_service(name: str) -> None:
    assert find_contract(Project(ROOT), name).contract.__name__ == "Catalog"


@pytest.mark.parametrize("name", ["get_product", "GetProduct"])
def test_a_method_goes_by_both_its_names(name: str) -> None:
    assert find_method(find_contract(Project(ROOT), "Catalog"), name).name == "get_product"


def test_a_contract_is_called_at_the_public_edge_of_its_topology() -> None:
    project = Project(ROOT, overrides=("grpc.port=9191",))
    spec = find_contract(project, "Catalog")
    for topology in ("", "monolith", "microservices", "mixed"):
        assert find_answerer(project, topology, spec).address == "127.0.0.1:9191"


def test_without_a_public_edge_it_is_called_where_its_peers_call_it() -> None:
    project = Project(ROOT, overrides=("grpc.enabled=false",))
    address = find_answerer(project, "microservices", find_contract(project, "Catalog")).address
    assert address.endswith("run/microservices/catalog-0.sock")


def test_where_nobody_offers_it_the_refusal_says_how_to_go_on() -> None:
    project = Project(ROOT, overrides=("grpc.enabled=false",))
    with pytest.raises(Refused, match="--address"):
        find_answerer(project, "monolith", find_contract(project, "Catalog"))


def test_an_external_service_is_called_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "topologies.toml").write_text(
        '[topologies.monolith]\nwithout = ["catalog"]\n[topologies.monolith.processes.main]\nmodules = ["*"]\n'
        'edges = ["*"]\n[topologies.monolith.external.theirs]\ncontract = "Catalog"\n'
        'address = "dns:///catalog.example:50051"\n'
    )
    project = Project(tmp_path, overrides=("grpc.enabled=false",))
    vars(project)["found"] = Project(ROOT).found
    answerer = find_answerer(project, "", find_contract(project, "Catalog"))
    assert (answerer.address, answerer.foreign) == ("dns:///catalog.example:50051", True)
