"""The shop as its users start it: `pangaea run` and `pangaea up` as operating-system processes."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import httpx

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds: how long a test waits for a condition before it fails."""


ALONE = ("monolith", "polyglot")
"""Topologies of one process."""


@dataclass
class Shop:
    """A running topology: its ports on loopback, and the process that we started."""

    process: subprocess.Popen[str]
    http_port: int
    grpc_port: int
    log: Path
    ports: Ports
    """Those that it was given; some may not be in use."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def grpc(self) -> str:
        return f"127.0.0.1:{self.grpc_port}"

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def said(self) -> str:
        return self.log.read_text()


class Ports:
    """Free ports on loopback that stay free as long as this lives: the system gives them to nobody who asks for any port,
    be it to listen or to call, and still to a server that asks for one of them by its number."""

    def __init__(self, count: int) -> None:
        sockets = [kept() for _ in range(count)]
        self.numbers = [one.getsockname()[1] for one in sockets]
        weakref.finalize(self, lambda: [one.close() for one in sockets])


def kept(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """A socket that keeps its port for a server to come: bound, and not listening. Raises OSError: the port is taken."""
    one = socket.socket()
    try:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # the server sets it too
        one.bind((host, port))
    except OSError:
        one.close()
        raise
    return one


def start(folder: Path, words: Sequence[str], *, http: int = 0, grpc: int = 0, **variables: str) -> Shop:
    """Start `pangaea …` on free ports with its data in a folder; does not wait."""
    ports = Ports(2)
    http_port, grpc_port = http or ports.numbers[0], grpc or ports.numbers[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PANGAEA_")} | {
        "PANGAEA_HTTP_PORT": str(http_port),
        "PANGAEA_GRPC_PORT": str(grpc_port),
        "PANGAEA_DATA_DIR": str(folder / "data"),
        **variables,
    }
    log = folder / f"log-{http_port}.txt"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", *words],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        )
    return Shop(process, http_port, grpc_port, log, ports)


PATHS = (
    "/readyz", "/api/products", "/api/currencies", "/api/carts/nobody", "/api/ads", "/api/recommendations",
    "/api/orders/none",
)  # fmt: skip
"""Asks something of every module that answers a GET."""
METHODS = ("ShippingService/GetQuote", "PaymentService/Charge", "EmailService/SendOrderConfirmation",
           "CheckoutService/PlaceOrder")  # fmt: skip
"""Asks the others; an empty request is an invalid one to most of them."""


def wait_ready(shop: Shop) -> None:
    """Wait until the edge is ready and answers come from every module, or the process is gone."""
    waiting = [*PATHS, *METHODS]
    with grpc.insecure_channel(shop.grpc) as channel, httpx.Client(base_url=shop.url, timeout=30) as client:

        def answered(what: str) -> bool:
            try:
                if what.startswith("/"):
                    return client.get(what).status_code < 500
                channel.unary_unary(f"/hipstershop.{what}")(b"", timeout=30)
            except httpx.TransportError:
                return False
            except grpc.RpcError as failed:
                return failed.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
            return True

        def ready() -> bool:
            assert shop.process.poll() is None, shop.said()
            while waiting and answered(waiting[0]):
                waiting.pop(0)
            # Accounts are asked last: a wrong password costs time.
            said = {"email": "nobody@example.com", "password": "nobody knows this one"}
            return not waiting and client.post("/api/sessions", json=said).status_code < 500

        until(ready, lambda: f"{waiting}\n{shop.said()}")


def until(holds: Callable[[], Any], told: Callable[[], str] = lambda: "") -> None:
    """Wait for a condition, PATIENCE seconds at most."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited {PATIENCE} s in vain\n{told()}"
        select.select([], [], [], 0.02)


@contextmanager
def serving(topology: str, folder: Path, *, http: int = 0, grpc: int = 0, **variables: str) -> Generator[Shop]:
    """The shop in a topology, ready; stopped by SIGTERM in the end."""
    words = ["run" if topology in ALONE else "up", "--topology", topology]
    shop = start(folder, words, http=http, grpc=grpc, **variables)
    try:
        wait_ready(shop)
        yield shop
    finally:
        if shop.process.poll() is None:
            try:
                shop.stop()
            except subprocess.TimeoutExpired:
                shop.process.kill()
                shop.process.wait()


def children_of(pid: int) -> list[int]:
    """The process ids of a process's descendants."""
    found: list[int] = []
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):  # gone meanwhile
        return found
    for child in children:
        found += [int(child), *children_of(int(child))]
    return found


def alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and unreaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def command_line(pid: int) -> list[str]:
    """The words that `ps` shows of a process; empty where it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def pretty(value: object) -> str:
    return json.dumps(value, indent=1)
