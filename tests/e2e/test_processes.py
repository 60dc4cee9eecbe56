"""Processes that are told to go, killed, starved of a port or of a neighbour."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import httpx
import pytest

from .shop import PATIENCE, alive, children_of, command_line, serving, start, until, wait_ready


def test_a_monolith_that_is_told_to_go_leaves_with_0(tmp_path: Path) -> None:
    with serving("monolith", tmp_path) as shop:
        assert shop.stop(signal.SIGTERM) == 0


def test_ctrl_c_leaves_with_0_and_no_traceback(tmp_path: Path) -> None:
    with serving("monolith", tmp_path) as shop:
        assert shop.stop(signal.SIGINT) == 0
        assert "Traceback" not in shop.said()


@pytest.mark.parametrize("edge", ["http", "grpc"])
def test_a_taken_port_is_refused_by_name(tmp_path: Path, edge: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        shop = start(tmp_path, ["run", "--topology", "monolith"], **{edge: port})
        assert shop.process.wait(PATIENCE) == 2
    assert str(port) in shop.said()
    assert "Traceback" not in shop.said()


def test_an_unreachable_database_is_refused_in_time_and_without_its_password(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"postgresql://shop:hunter2@127.0.0.1:{nobody.getsockname()[1]}/shop"
        shop = start(tmp_path, ["run", "--topology", "monolith"], PANGAEA_DATABASE_URL=url)
        assert shop.process.wait(PATIENCE) == 2
    assert "hunter2" not in shop.said()
    assert "Traceback" not in shop.said()
    assert "127.0.0.1" in shop.said()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "--topology", "monolit"], "monolith"),
        (["run", "--topology", "microservices", "--process", "carts"], "cart"),
        (["run", "--topology", "microservices"], "--process"),
        (["run", "--set", "http.prot=1"], "port"),
        (["call", "Catalogue.get_product"], "Catalog"),
        (["call", "Catalog.get_prodcut"], "get_product"),
    ],
)
def test_an_unknown_name_is_refused_with_what_was_meant(tmp_path: Path, words: list[str], said: str) -> None:
    shop = start(tmp_path, words)
    assert shop.process.wait(PATIENCE) == 2
    assert said in shop.said()
    assert "Traceback" not in shop.said()


def test_a_killed_process_makes_its_calls_unavailable_until_it_is_back(tmp_path: Path) -> None:
    with serving("mixed", tmp_path) as shop:
        money = next(pid for pid in children_of(shop.process.pid) if "money" in command_line(pid))
        os.kill(money, signal.SIGSTOP)  # hung: neither answering nor gone
        os.kill(money, signal.SIGKILL)
        until(lambda: not alive(money))
        status = httpx.get(f"{shop.url}/api/orders/none", timeout=40).status_code
        assert status in (404, 503), "answered by the new process, or clearly unavailable"
        assert httpx.get(f"{shop.url}/api/products", timeout=30).status_code == 200
        until(lambda: httpx.get(f"{shop.url}/api/orders/none", timeout=40).status_code == 404, shop.said)

        processes = children_of(shop.process.pid)
        assert len(processes) >= 5
        assert shop.stop(signal.SIGINT) == 0
        assert not any(alive(pid) for pid in processes), "one signal stops all of them"


def test_a_killed_supervisor_leaves_no_orphan(tmp_path: Path) -> None:
    with serving("mixed", tmp_path) as shop:
        processes = children_of(shop.process.pid)
        shop.process.kill()
        shop.process.wait()
        until(lambda: not any(alive(pid) for pid in processes))


def test_in_flight_work_is_finished_before_the_process_leaves(tmp_path: Path) -> None:
    shop = start(tmp_path, ["run", "--topology", "monolith"])
    try:
        wait_ready(shop)
        body = b'{"product_id":"6E92ZMYYFZ","quantity":1}'
        head = "POST /api/carts/slow/items HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nexpect: 100-continue\r\n"
        with socket.create_connection(("127.0.0.1", shop.http_port)) as client:
            client.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body[:10])
            assert client.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n", "the rest is waited for"
            shop.process.send_signal(signal.SIGTERM)
            client.sendall(body[10:])
            assert client.recv(4096).startswith(b"HTTP/1.1 204")
        assert shop.process.wait(PATIENCE) == 0
    finally:
        if shop.process.poll() is None:
            shop.process.kill()


def test_a_start_that_is_told_to_go_ends_with_0_and_no_traceback(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://shop:hunter2@127.0.0.1:{silent.getsockname()[1]}/shop"
        shop = start(tmp_path, ["run", "--topology", "monolith"], PANGAEA_DATABASE_URL=url)
        connected, _ = silent.accept()
        with connected:
            assert shop.stop(signal.SIGTERM) == 0
    assert "Traceback" not in shop.said()
    assert "hunter2" not in shop.said()
